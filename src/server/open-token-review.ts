import type { ClusterConfig } from '../config/index.ts';
import { type ApiServerTarget, createTokenReviewer, type TokenReviewer } from '../gateway/index.ts';
import type { Log } from '../telemetry/index.ts';

/** A cluster's API server as its authenticator of last resort; undefined when it is not to be asked. Others' tokens are not its. */
export function openTokenReview(
  { tokenReview }: ClusterConfig,
  client: ApiServerTarget['client'] | undefined,
  log: Log,
): TokenReviewer | undefined {
  if (tokenReview === false || client === undefined) return undefined;
  const audiences = tokenReview === true ? undefined : tokenReview.audiences;
  return createTokenReviewer({ client, audiences, now: Date.now, log });
}
