import type { ApiTransport } from '../../kubeconfig/index.ts';
import type { ReadinessCheck } from './readiness.ts';

/** Milliseconds between two looks while all is as it was. */
const EVERY_MS = 5_000;
/** Milliseconds between two looks while it seems to have changed. */
const DOUBT_MS = 1_000;
/** Milliseconds after which an answer is none. */
const TIMEOUT_MS = 5_000;
/** So many looks in a row make it away, and so many there again: a single one proves little, and probes must not flap. */
const FAILURES = 3;
const SUCCESSES = 2;

export interface UpstreamCheckDeps {
  readonly client: Pick<ApiTransport, 'request'>;
  /** Whether the gateway's own credentials must be taken; they are not used when the callers' pass through. */
  readonly ownCredentials: boolean;
  /** Calls back once after `ms` milliseconds; returns the way to cancel. */
  schedule(ms: number, callback: () => void): () => void;
  readonly log: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
  };
}

export interface UpstreamCheck extends ReadinessCheck {
  close(): void;
}

/**
 * Looks at regular intervals, with the gateway's own account, whether the API server can be reached and is ready itself. A
 * probe is told the last result and never causes a request of its own. Before the first answer it is not reached.
 */
export function createUpstreamCheck(deps: UpstreamCheckDeps): UpstreamCheck {
  const { client, ownCredentials, schedule, log } = deps;
  let failure: string | undefined = 'the API server has not answered yet';
  let reachedBefore = false;
  /** Looks in a row that contradict what is told. */
  let contradictions = 0;
  let closed = false;
  let cancel = () => {};
  let running = new AbortController();

  async function look(): Promise<string | undefined> {
    running = new AbortController();
    const stop = schedule(TIMEOUT_MS, () => running.abort());
    try {
      const { signal } = running;
      const { status, body } = await client.request({
        method: 'GET',
        path: '/readyz',
        accept: '*/*',
        signal,
      });
      body.on('error', () => {}).destroy();
      return problemOf(status, ownCredentials);
    } catch {
      return 'the API server does not answer';
    } finally {
      stop();
    }
  }

  function judge(seen: string | undefined): void {
    const changed = (seen === undefined) !== (failure === undefined);
    contradictions = changed ? contradictions + 1 : 0;
    if (!changed) failure = seen;
    const enough = seen === undefined ? (reachedBefore ? SUCCESSES : 1) : FAILURES;
    if (contradictions < enough) return;
    contradictions = 0;
    failure = seen;
    if (seen === undefined) log.info({}, 'the API server is reached');
    else log.warn({ reason: seen }, 'the API server is not reached; not ready');
    reachedBefore ||= seen === undefined;
  }

  async function run(): Promise<void> {
    const seen = await look();
    if (closed) return;
    judge(seen);
    const doubtful = contradictions > 0 || !reachedBefore;
    cancel = schedule(doubtful ? DOUBT_MS : EVERY_MS, () => void run());
  }

  void run();
  return {
    name: 'upstream',
    failing: () => failure,
    close() {
      closed = true;
      cancel();
      running.abort();
    },
  };
}

/** An account that may not read /readyz has still been answered, and so has one where there is no such path. */
function problemOf(status: number, ownCredentials: boolean): string | undefined {
  if (status === 401) {
    return ownCredentials ? "the API server does not take the gateway's credentials" : undefined;
  }
  return status >= 500 ? `the API server is not ready (HTTP ${status})` : undefined;
}
