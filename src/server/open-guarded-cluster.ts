import { type ClusterConfig, type Config, type GatewayConfig, readNamedFile } from '../config/index.ts';
import {
  type Auditor,
  type AuthenticateCertificate,
  type ClusterMetrics,
  createAccessExplorer,
  createFilteredLists,
  createImpersonation,
  createIssuerKeysCheck,
  createOpenStreams,
  createOwnAccess,
  createPipeline,
  createPolicySurvey,
  createReadiness,
  createRecentDenials,
  createRefusalExplainer,
  createReloadableAuthenticator,
  createRequestLimits,
  createReviewAnswerer,
  createServedManifests,
  createTargetBeside,
  type DelegatedAuthorizer,
  type LimitEvents,
  noteDenials,
  type OwnAccess,
  type OwnApi,
  type Pipeline,
  type PipelineDeps,
  type ReadinessCheck,
  type ServingCertificate,
} from '../gateway/index.ts';
import type { Identity } from '../identity/index.ts';
import { accessPageUrl } from '../portal/index.ts';
import { namesAllowing, namespacesAllowing, type Policy } from '../rbac/index.ts';
import type { LeaderElection, Store } from '../store/index.ts';
import type { Log } from '../telemetry/index.ts';
import type { AccessRequestMetrics } from './access-request-metrics.ts';
import { followAuthentication } from './follow-authentication.ts';
import { type OpenedAccessRequests, openAccessRequests } from './open-access-requests.ts';
import { openAdmin } from './open-admin.ts';
import { openPolicy } from './open-policy.ts';
import { openTarget } from './open-target.ts';
import { openTokenReview } from './open-token-review.ts';
import { openWebhooks } from './open-webhooks.ts';
import { createRequestPage } from './request-page.ts';

export interface OpenGuardedClusterDeps {
  readonly config: Config;
  readonly gateway: GatewayConfig;
  readonly cluster: ClusterConfig;
  readonly store: Store;
  readonly identity: Identity;
  readonly leader: Pick<LeaderElection, 'isLeader'>;
  readonly accessMetrics: AccessRequestMetrics | undefined;
  readonly certificate: ServingCertificate;
  /** Certificates are the connection's, which all clusters share; undefined: they are not looked at. */
  readonly authenticateCertificate: AuthenticateCertificate | undefined;
  readonly auditor: Auditor | undefined;
  readonly metrics: ClusterMetrics | undefined;
  readonly limitEvents: LimitEvents;
  readonly log: Log;
}

/** One cluster behind door 2. */
export interface GuardedCluster {
  readonly pipeline: Pipeline;
  /** What the pipeline decides by. */
  readonly door: Pick<PipelineDeps, 'authenticate' | 'authorize' | 'auditor' | 'notReady' | 'streams'>;
  /** What the person who looks at a page may do here. */
  readonly access: OwnAccess;
  /** Beside the target; undefined: there is none. */
  readonly ownApi: OwnApi | undefined;
  /** undefined: nobody can ask for access here. */
  readonly accessRequests: OpenedAccessRequests | undefined;
  /** What must be so before requests should come here, but for the API server. */
  readonly checks: readonly ReadinessCheck[];
  /** Whether the API server is reached; undefined for one in this process. */
  readonly upstream: ReadinessCheck | undefined;
  /**
   * Ends what never ends by itself; requests under way are decided and answered.
   * @param drained when there are none any more
   */
  close(drained: Promise<unknown>): Promise<void>;
}

/** Opens one cluster: who counts there, what they may do, the way to its API, and the pipeline through which they go. */
export async function openGuardedCluster(deps: OpenGuardedClusterDeps): Promise<GuardedCluster> {
  const { config, gateway, cluster, identity, auditor, metrics, limitEvents, log } = deps;
  const { policy, manifests, appliedAt, objects } = await openPolicy(config, cluster, log);
  const opened = await openTarget({ ...deps, policy });
  const file = cluster.authenticationConfig;
  const authenticator = createReloadableAuthenticator({
    load: () => ({ text: readNamedFile(config.file, `${cluster.at}.authenticationConfig`, file), file }),
    builtIn: {
      issuer: config.issuer,
      jwks: () => identity.jwks(),
      isEnded: (sessionId) => identity.isEnded(sessionId),
      hasClient: (clientId) => identity.hasClient(clientId),
    },
    authenticateCertificate: deps.authenticateCertificate,
    tokenReviewer: opened.serviceAccounts ?? openTokenReview(cluster, opened.client, log),
    now: Date.now,
    log,
    observer: metrics?.tokens,
  });
  const following = followAuthentication(authenticator, log);
  const decides = opened.delegated ?? ownDecisions(policy);
  const authorize: Policy['authorize'] = (attributes) => decides.authorize(attributes);
  const accessRequests =
    cluster.accessRequests &&
    (await openAccessRequests({
      ...deps,
      bounds: cluster.accessRequests,
      client: opened.writer,
      policy: opened.delegated === undefined ? policy : undefined,
      authorize,
      metrics: deps.accessMetrics,
    }));
  const ownApi = openAdmin({
    ...deps,
    // People are those of the gateway as a whole, and so of the cluster without a name.
    identity: cluster.name === undefined && gateway.adminApi ? identity : undefined,
    accessRequests: accessRequests?.requests,
  });
  const target = ownApi ? createTargetBeside(opened.target, ownApi) : opened.target;
  const { authenticate, authenticateByIssuers } = authenticator;
  const webhooks = openWebhooks({ config, cluster, authenticate, authenticateByIssuers, authorize, log });
  // Of what somebody else decides, the policy here knows nothing.
  const explains = gateway.explainRefusals && opened.delegated === undefined;
  const explainer = () =>
    explains ? createRefusalExplainer({ policy, now: () => performance.now() }) : undefined;
  // Of what somebody else decides, the manifests say nothing.
  const shown = createServedManifests({
    objects: () => (opened.delegated === undefined ? objects() : []),
    authorize: webhooks.authorize,
  });
  const impersonation = (asked: Policy['authorize']) =>
    createImpersonation({
      authorize: asked,
      constrained: cluster.constrainedImpersonation,
      now: () => performance.now(),
    });
  const recheck: Policy['authorize'] = (attributes) => decides.recheck(attributes);
  const streams = createOpenStreams({
    authorize: recheck,
    impersonate: impersonation(recheck),
    now: Date.now,
    graceMs: gateway.streamGrace,
  });
  const denials = createRecentDenials(Date.now);
  const files = { upToDate: manifests.upToDate, appliedAt };
  const checks = [{ name: 'policy', failing: opened.notReady }, createIssuerKeysCheck(authenticator.issuers)];
  const { upstream } = opened;
  const limits = createRequestLimits({
    limits: gateway.limits,
    events: limitEvents,
    now: () => performance.now(),
  });
  metrics?.show({
    openStreams: streams.count,
    turns: limits,
    policyAge: opened.policyAge,
    manifests: files,
    issuers: authenticator.issuers,
    readiness: createReadiness(upstream === undefined ? checks : [...checks, upstream]),
  });
  const door = { authenticate, authorize, auditor, notReady: opened.notReady, streams };
  const pipeline = createPipeline({
    ...door,
    cluster: cluster.name,
    authenticate: webhooks.authenticate,
    impersonate: impersonation(authorize),
    limits,
    authorize: noteDenials(shown.authorize, denials),
    explain: explainer(),
    explanationPage: (refused) => accessPageUrl(config.issuer, { ...refused, cluster: cluster.name }),
    requestPage: accessRequests && createRequestPage({ config, cluster, authorize }),
    reviews: shown.before(
      webhooks.before(
        createReviewAnswerer({
          authorize: shown.authorize,
          // Of its own: a dashboard's questions leave those enough whose requests are refused.
          explain: explainer(),
          rulesFor: (user, namespace) =>
            opened.delegated === undefined ? policy.rulesFor(user, namespace) : RULES_UNKNOWN,
          now: () => new Date(),
        }),
      ),
    ),
    target,
    metrics: metrics?.requests,
    filteredLists: cluster.filteredLists
      ? createFilteredLists({
          target,
          authorize,
          namespacesAllowing: (attributes) => namespacesAllowing(policy, attributes),
          namesAllowing: (attributes) => namesAllowing(policy, attributes),
        })
      : undefined,
    log: log.child({ door: 'gateway' }),
  });
  return {
    pipeline,
    door,
    access: createOwnAccess({
      userOf: authenticator.userOf,
      authorize,
      policy: opened.delegated === undefined ? policy : undefined,
      explainRefusal: explainer(),
      explorer:
        opened.delegated === undefined
          ? createAccessExplorer({
              policy,
              authorize,
              denials,
              survey: createPolicySurvey({ policy, files, clusterAge: opened.policyAge, now: Date.now }),
            })
          : undefined,
    }),
    ownApi,
    accessRequests,
    checks,
    upstream,
    close: async (drained) => {
      following.close();
      manifests.close();
      ownApi?.close();
      await accessRequests?.close();
      await Promise.all([opened.close(drained), drained]);
      streams.close();
      policy.close();
      await authenticator.close();
    },
  };
}

/** Who is asked about each request cannot list what they would say. */
const RULES_UNKNOWN = {
  resourceRules: [],
  nonResourceRules: [],
  incomplete: true,
  evaluationError: 'the API server decides on each request and cannot list its rules',
};

function ownDecisions(policy: Policy): DelegatedAuthorizer {
  return {
    authorize: (attributes) => policy.authorize(attributes),
    recheck: (attributes) => policy.authorize(attributes),
  };
}
