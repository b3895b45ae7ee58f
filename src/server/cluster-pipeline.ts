import type { ClusterConfig, Config } from '../config/index.ts';
import {
  type ClusterMetrics,
  createFilteredLists,
  createImpersonation,
  createPipeline,
  createReviewAnswerer,
  createServedManifests,
  noteDenials,
  type Pipeline,
  type PipelineDeps,
  type RecentDenials,
  type ReloadableAuthenticator,
} from '../gateway/index.ts';
import { accessPageUrl } from '../portal/index.ts';
import { namesAllowing, namespacesAllowing, type Policy } from '../rbac/index.ts';
import type { Log } from '../telemetry/index.ts';
import type { ClusterDecisions } from './cluster-decisions.ts';
import { openWebhooks } from './open-webhooks.ts';
import { createRequestPage } from './request-page.ts';

export interface ClusterPipelineDeps
  extends Pick<PipelineDeps, 'auditor' | 'limits' | 'notReady' | 'streams' | 'target'> {
  readonly config: Config;
  readonly cluster: ClusterConfig;
  readonly policy: Policy;
  readonly authenticator: Pick<ReloadableAuthenticator, 'authenticate' | 'authenticateByIssuers'>;
  readonly decisions: ClusterDecisions;
  /** Where refusals are noted. */
  readonly denials: RecentDenials;
  readonly metrics: ClusterMetrics | undefined;
  readonly log: Log;
}

/** The pipeline of one cluster, with what the gateway answers itself. @throws ConfigError */
export function createClusterPipeline(deps: ClusterPipelineDeps): Pipeline {
  const { config, cluster, policy, authenticator, decisions, target, log } = deps;
  const { authorize, objects } = decisions;
  const webhooks = openWebhooks({ config, cluster, ...authenticator, authorize, log });
  const shown = createServedManifests({ objects, authorize: webhooks.authorize });
  const reviews = createReviewAnswerer({
    authorize: shown.authorize,
    // Of its own: a dashboard's questions leave those enough whose requests are refused.
    explain: decisions.explainer(),
    rulesFor: decisions.rulesFor,
    now: () => new Date(),
  });
  return createPipeline({
    cluster: cluster.name,
    authenticate: webhooks.authenticate,
    impersonate: impersonationAt(cluster, authorize),
    limits: deps.limits,
    authorize: noteDenials(shown.authorize, deps.denials),
    explain: decisions.explainer(),
    explanationPage: (refused) => accessPageUrl(config.issuer, { ...refused, cluster: cluster.name }),
    requestPage: cluster.accessRequests && createRequestPage({ config, cluster, authorize }),
    reviews: shown.before(webhooks.before(reviews)),
    target,
    filteredLists: cluster.filteredLists
      ? createFilteredLists({
          target,
          authorize,
          namespacesAllowing: (attributes) => namespacesAllowing(policy, attributes),
          namesAllowing: (attributes) => namesAllowing(policy, attributes),
        })
      : undefined,
    streams: deps.streams,
    auditor: deps.auditor,
    metrics: deps.metrics?.requests,
    notReady: deps.notReady,
    log: log.child({ door: 'gateway' }),
  });
}

/** Who may be somebody else at a cluster is asked of those who decide there. */
export function impersonationAt(
  cluster: ClusterConfig,
  authorize: Policy['authorize'],
): PipelineDeps['impersonate'] {
  return createImpersonation({
    authorize,
    constrained: cluster.constrainedImpersonation,
    now: () => performance.now(),
  });
}
