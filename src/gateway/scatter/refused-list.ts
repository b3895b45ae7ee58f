import type { ServerResponse } from 'node:http';
import { serviceUnavailable, unauthorized } from '../../kube/index.ts';
import type { Outcome, Refusal, ScatteredCluster } from './ask-cluster.ts';

/** A cluster's own answer that is the answer of all of them. */
export class RefusedList extends Error {
  override readonly name = 'RefusedList';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`a cluster answered with ${refusal.status}`);
    this.refusal = refusal;
  }
}

type Refused = Extract<Outcome, { outcome: 'refused' }>;

/** Whether the caller has no business in that cluster, so that nothing of theirs is missing. */
export function isHidden({ refusal }: Refused): boolean {
  return refusal?.status === 401 || refusal?.status === 403;
}

/**
 * The answer when no cluster has given a list: what kept the first one from it that would have let the caller in; else the
 * first 403, and 401 when nobody knows the caller.
 */
export function refusalOfAll(
  refusals: readonly { readonly cluster: ScatteredCluster; readonly refused: Refused }[],
): Error {
  const failed = refusals.find(({ refused }) => !isHidden(refused));
  if (failed !== undefined) return refusalOf(failed.cluster, failed.refused);
  const forbidden = refusals.find(({ refused }) => refused.refusal?.status === 403);
  return forbidden === undefined ? unauthorized() : refusalOf(forbidden.cluster, forbidden.refused);
}

/** The answer when a cluster has begun its part and does not go on. */
export function refusalOf({ name }: ScatteredCluster, { problem, refusal }: Refused): Error {
  return refusal === undefined ? serviceUnavailable(`cluster ${name}: ${problem}`) : new RefusedList(refusal);
}

/** Of a cluster's answer, what is about its body. */
const KEPT = ['content-type', 'retry-after', 'x-content-type-options', 'www-authenticate'];

export function respondRefusal(response: ServerResponse, { status, headers, body }: Refusal): void {
  for (const name of KEPT) {
    const value = headers[name];
    if (value !== undefined) response.setHeader(name, value);
  }
  response.setHeader('Content-Length', body.length);
  response.writeHead(status);
  response.end(body);
}
