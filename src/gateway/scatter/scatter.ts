import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import { badRequest, internalError, StatusError } from '../../kube/index.ts';
import { auditIdOf } from '../audit-id.ts';
import { cutStalledStream, type LimitEvents } from '../limits/index.ts';
import { acceptJson } from '../list/index.ts';
import type { Pipeline } from '../pipeline/index.ts';
import { respondStatus } from '../respond-status.ts';
import type { ScatteredCluster } from './ask-cluster.ts';
import { gatherList } from './gather-list.ts';
import type { Timer } from './read-whole.ts';
import { RefusedList, respondRefusal } from './refused-list.ts';
import { readScatteredRequest, type ScatteredList } from './scattered-request.ts';

export type { ScatteredCluster } from './ask-cluster.ts';

export interface ScatterDeps {
  /** In the order of their objects in a list; the first answers what is no list. */
  readonly clusters: readonly [ScatteredCluster, ...ScatteredCluster[]];
  /** How long a cluster may take to begin its answer, in milliseconds. */
  readonly deadlineMs: number;
  /** How long an HTTP/2 client may take nothing of what waits for it, in milliseconds; over HTTP/1.1 the server sees to it. */
  readonly stalledReaderMs: number;
  readonly events: Pick<LimitEvents, 'refused'>;
  readonly timer?: Timer;
  readonly log: { warn(fields: object, message: string): void; error(fields: object, message: string): void };
}

/** Answers requests for all clusters; it stands where the pipeline of one cluster would. */
export type Scatter = Pipeline;

/**
 * All clusters as one, to read: a list is gathered from all that let the caller list there; what kubectl asks before it lists is
 * answered by the first. This decides nothing about anybody: each cluster does, in its own pipeline.
 */
export function createScatter({ timer = setTimer, ...deps }: ScatterDeps): Scatter {
  const [root] = deps.clusters;

  async function answer(list: ScatteredList, request: IncomingMessage, response: ServerResponse) {
    const auditId = auditIdOf(request.headers['audit-id']);
    response.setHeader('Audit-Id', auditId);
    response.setHeader('Cache-Control', 'no-cache, private');
    const clusters = deps.clusters.filter(({ name }) => list.selects(name));
    if (clusters.length === 0) throw badRequest('the labelSelector selects none of the clusters');
    const accept = acceptJson(request.headers.accept);
    // The clusters' own limits are for answers that stay in the process.
    if ('stream' in response) {
      const { stream } = response as unknown as Http2ServerResponse;
      cutStalledStream(stream, deps.stalledReaderMs, () => deps.events.refused('stalled-reader', ''));
    }
    const left = new AbortController();
    response.once('close', () => left.abort());
    const { deadlineMs, log } = deps;
    const asking = { request, accept, auditId, gone: left.signal, deadlineMs, timer, log };
    await gatherList(list, clusters, response, asking);
  }

  function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    const isExpected = error instanceof StatusError || error instanceof RefusedList;
    const isGone = response.destroyed || (error as Error).name === 'AbortError';
    if (!isExpected && !isGone) deps.log.error({ err: error }, 'a list of all clusters failed');
    // What has begun must not look whole.
    if (response.headersSent || isGone) response.destroy();
    else if (error instanceof RefusedList) respondRefusal(response, error.refusal);
    else {
      const { status } =
        error instanceof StatusError ? error : internalError('the request could not be handled');
      respondStatus(request, response, status);
    }
  }

  return (request, response, upgrade, target = request.url ?? '') => {
    try {
      if (upgrade !== undefined) throw badRequest('a stream is of one cluster; name it: /clusters/<name>/…');
      const asked = readScatteredRequest(request, target);
      if (asked === 'root') root.pipeline(request, response, undefined, target);
      else answer(asked, request, response).catch((error: unknown) => refuse(request, response, error));
    } catch (error) {
      refuse(request, response, error);
    }
  };
}

function setTimer(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}
