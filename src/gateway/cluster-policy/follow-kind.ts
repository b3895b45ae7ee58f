import type { ApiAnswer, ApiTransport } from '../../kubeconfig/index.ts';
import { type PolicyKind, RBAC_API_VERSION, RESOURCE_OF_KIND } from '../../rbac/index.ts';
import { backoffMs } from './backoff.ts';
import { createHeldObjects, type PolicyKeeper } from './held-objects.ts';
import { listKind } from './list-kind.ts';
import { type Answer, ServerRefusal } from './server-refusal.ts';
import { watchKind } from './watch-kind.ts';

export interface FollowKindDeps {
  readonly kind: PolicyKind;
  readonly client: Pick<ApiTransport, 'request'>;
  readonly policy: PolicyKeeper;
  readonly source: string;
  readonly log: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
  };
  now(): number;
  schedule(ms: number, callback: () => void): () => void;
  random(): number;
}

/** Measures how long nothing has come. */
interface Silence {
  begin(): void;
  end(): void;
}

export interface FollowedKind {
  /** undefined once the objects have been listed, else why not; fit for anybody's eyes. */
  synced(): string | undefined;
  /** When the server last said anything about this kind; milliseconds since the epoch. */
  lastSign(): number;
  close(): void;
}

/** Bookmarks come every minute. Who is silent for longer than this may be gone, and a new watch costs nothing. */
const SILENCE_MS = 150_000;
/** The server ends a watch between this and twice it, as client-go asks for; in seconds. */
const WATCH_SECONDS = 300;
/** A watch that lived this long was no failure. */
const HEALTHY_MS = 5_000;
/** Longest wait that a server may ask for. */
const MOST_RETRY_AFTER_MS = 60_000;
/** Refusals after which the watch may go on from where it was; after any other only a new list is sure to be right. */
const PASSING = new Set([401, 403, 500, 502, 503]);
/** So many of those in a row, and a list may still work: the account may list but not watch, for example. */
const RELIST_AFTER = 4;

/** Keeps one kind's objects in the policy: LIST, then WATCH from there, again and again. Source: client-go tools/cache/reflector.go. */
export function followKind(deps: FollowKindDeps): FollowedKind {
  const { kind, client, log, now, schedule, random } = deps;
  const resource = RESOURCE_OF_KIND[kind];
  const held = createHeldObjects(deps);
  let hasListed = false;
  let revision: string | undefined;
  let failures = 0;
  let trouble = 'the API server has not answered yet';
  let sign = now();
  let closed = false;
  let stopWaiting = () => {};
  let attempt = new AbortController();

  /** Every byte is a sign of life; too long without one ends the attempt. */
  async function get(path: string): Promise<Answer> {
    const { signal } = attempt;
    const silence = createSilence(attempt);
    signal.addEventListener('abort', () => silence.end(), { once: true });
    silence.begin();
    const answer = await client.request({ method: 'GET', path, signal });
    if (answer.status === 200) sign = now();
    return { ...answer, body: heard(answer, silence) };
  }

  async function* heard({ status, body }: ApiAnswer, silence: Silence): AsyncGenerator<Buffer> {
    silence.begin();
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        if (status === 200) sign = now();
        silence.begin();
        yield chunk;
      }
    } finally {
      silence.end();
    }
  }

  function createSilence(running: AbortController): Silence {
    let cancel = () => {};
    return {
      begin() {
        cancel();
        cancel = schedule(SILENCE_MS, () => running.abort(new Error('the API server has gone silent')));
      },
      end: () => cancel(),
    };
  }

  async function list(): Promise<void> {
    const { objects, resourceVersion } = await listKind(kind, get);
    if (closed) return;
    held.replace(objects);
    revision = resourceVersion;
    if (!hasListed) log.info({ resource, objects: objects.length }, 'RBAC objects of the cluster are synced');
    hasListed = true;
  }

  async function watch(from: string): Promise<void> {
    const query = new URLSearchParams({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: from,
      timeoutSeconds: String(Math.round(WATCH_SECONDS * (1 + random()))),
    });
    const answer = await get(`/apis/${RBAC_API_VERSION}/${resource}?${query}`);
    const reached = (resourceVersion: string) => {
      revision = resourceVersion;
    };
    await watchKind(answer, { kind, held, reached });
  }

  function failed(error: unknown): void {
    const refusal = error instanceof ServerRefusal ? error : undefined;
    if (refusal !== undefined && !mayGoOn(refusal.status, failures)) revision = undefined;
    trouble = refusal === undefined ? 'the API server does not answer' : troubleOf(refusal.status, resource);
    log.warn({ resource, err: error }, 'following the RBAC objects of the cluster was interrupted');
  }

  async function step(): Promise<number> {
    attempt = new AbortController();
    let startedAt = Infinity;
    let asked = 0;
    try {
      if (revision === undefined) await list();
      startedAt = now();
      if (revision !== undefined && !closed) await watch(revision);
    } catch (error) {
      if (!closed) failed(error);
      asked = error instanceof ServerRefusal ? (error.retryAfter ?? 0) * 1000 : 0;
    }
    attempt.abort();
    // A watch that ends at once, again and again, must not become a loop that asks all the time.
    failures = now() - startedAt >= HEALTHY_MS ? 0 : failures + 1;
    return Math.max(backoffMs(failures, random()), Math.min(asked, MOST_RETRY_AFTER_MS));
  }

  async function run(): Promise<void> {
    while (!closed) {
      const wait = await step();
      if (closed) return;
      await new Promise<void>((resolve) => {
        const cancel = schedule(wait, resolve);
        stopWaiting = () => {
          cancel();
          resolve();
        };
      });
    }
  }

  void run();
  return {
    synced: () => (hasListed ? undefined : `the cluster's ${resource} are not known: ${trouble}`),
    lastSign: () => sign,
    close() {
      closed = true;
      attempt.abort();
      stopWaiting();
    },
  };
}

function mayGoOn(status: number, failures: number): boolean {
  return status === 429 || (PASSING.has(status) && failures < RELIST_AFTER);
}

function troubleOf(status: number, resource: string): string {
  if (status === 401) return "the API server does not take the gateway's credentials";
  if (status === 403) return `the gateway's account may not list and watch ${resource} in all namespaces`;
  return `the API server's answer can't be used (HTTP ${status})`;
}
