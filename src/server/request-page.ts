import { requestAttributes } from '../access-requests/index.ts';
import type { ClusterConfig, Config } from '../config/index.ts';
import type { PipelineDeps } from '../gateway/index.ts';
import { requestsPageUrl, suggestedRequest } from '../portal/index.ts';

export interface RequestPageDeps {
  readonly config: Pick<Config, 'issuer'>;
  readonly cluster: Pick<ClusterConfig, 'name'>;
  readonly authorize: PipelineDeps['authorize'];
}

/** Leads who was refused to the page where what is missing can be asked for, if they may ask at all. */
export function createRequestPage({
  config,
  cluster,
  authorize,
}: RequestPageDeps): NonNullable<PipelineDeps['requestPage']> {
  return (refused, nearMisses) => {
    const suggested = suggestedRequest(refused, nearMisses);
    if (suggested === undefined) return undefined;
    const place = { namespace: suggested.namespace, name: '' };
    const asking = authorize(requestAttributes('create', place, refused.user));
    if (asking.decision !== 'allow') return undefined;
    return requestsPageUrl(config.issuer, { cluster: cluster.name ?? '', ...suggested });
  };
}
