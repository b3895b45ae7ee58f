import type { AuthorizedRequest } from '../exchange.ts';

const SUBRESOURCES = new Set(['attach', 'exec', 'proxy', 'log', 'portforward']);

/** Source: Kubernetes server/filters BasicLongRunningRequestCheck. */
export function isLongRunning({ requestInfo }: Pick<AuthorizedRequest, 'requestInfo'>): boolean {
  return (
    requestInfo.verb === 'watch' || requestInfo.verb === 'proxy' || SUBRESOURCES.has(requestInfo.subresource)
  );
}
