import type { ClusterDeps } from '../cluster/index.ts';
import type { ClusterConfig, Config, GatewayConfig } from '../config/index.ts';
import {
  type Auditor,
  type AuthenticateCertificate,
  type ClusterMetrics,
  createAccessExplorer,
  createIssuerKeysCheck,
  createOpenStreams,
  createOwnAccess,
  createPolicySurvey,
  createReadiness,
  createRecentDenials,
  createRequestLimits,
  createTargetBeside,
  type LimitEvents,
  type OpenStreams,
  type OwnAccess,
  type OwnApi,
  type Pipeline,
  type PipelineDeps,
  type ReadinessCheck,
  type RecentDenials,
  type ReloadableAuthenticator,
  type ServingCertificate,
} from '../gateway/index.ts';
import type { Identity } from '../identity/index.ts';
import type { Policy } from '../rbac/index.ts';
import type { LeaderElection, Store } from '../store/index.ts';
import type { Log } from '../telemetry/index.ts';
import type { AccessRequestMetrics } from './access-request-metrics.ts';
import { type ClusterDecisions, createClusterDecisions } from './cluster-decisions.ts';
import { createClusterPipeline, impersonationAt } from './cluster-pipeline.ts';
import { followAuthentication } from './follow-authentication.ts';
import { type OpenedAccessRequests, openAccessRequests } from './open-access-requests.ts';
import { openAdmin } from './open-admin.ts';
import { openAuthenticator } from './open-authenticator.ts';
import { type OpenedPolicy, openPolicy } from './open-policy.ts';
import { type OpenedTarget, openTarget } from './open-target.ts';

export interface OpenGuardedClusterDeps {
  readonly config: Config;
  readonly gateway: GatewayConfig;
  readonly cluster: ClusterConfig;
  readonly store: Store;
  readonly identity: Identity;
  readonly leader: Pick<LeaderElection, 'isLeader'>;
  readonly accessMetrics: AccessRequestMetrics | undefined;
  readonly onConversion: ClusterDeps['onConversion'];
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
  const { config, gateway, cluster, auditor, log } = deps;
  const opened = await openPolicy(config, cluster, log);
  const { policy, manifests, objects } = opened;
  const reached = await openTarget({ ...deps, policy });
  const authenticator = openAuthenticator(deps, reached);
  const following = followAuthentication(authenticator, log);
  const explains = gateway.explainRefusals;
  const decisions = createClusterDecisions({ policy, delegated: reached.delegated, explains, objects });
  const accessRequests = await openRequests(deps, reached, decisions);
  const ownApi = openOwnApi(deps, accessRequests);
  const streams = createOpenStreams({
    authorize: decisions.recheck,
    impersonate: impersonationAt(cluster, decisions.recheck),
    now: Date.now,
    graceMs: gateway.streamGrace,
  });
  const limits = createRequestLimits({
    limits: gateway.limits,
    events: deps.limitEvents,
    now: () => performance.now(),
  });
  const { authenticate } = authenticator;
  const door = { authenticate, authorize: decisions.authorize, auditor, notReady: reached.notReady, streams };
  const target = ownApi ? createTargetBeside(reached.target, ownApi) : reached.target;
  const denials = createRecentDenials(Date.now);
  const parts = { opened, reached, authenticator, decisions, denials };
  const checks = [
    { name: 'policy', failing: reached.notReady },
    createIssuerKeysCheck(authenticator.issuers),
  ];
  showState(deps.metrics, parts, { streams, limits, checks });
  return {
    pipeline: createClusterPipeline({ ...deps, ...door, ...parts, policy, limits, target }),
    door,
    access: ownAccessOf(parts),
    ownApi,
    accessRequests,
    checks,
    upstream: reached.upstream,
    close: async (drained) => {
      following.close();
      manifests.close();
      ownApi?.close();
      await accessRequests?.close();
      await Promise.all([reached.close(drained), drained]);
      streams.close();
      policy.close();
      await authenticator.close();
    },
  };
}

/** What one cluster is decided by. */
interface Parts {
  readonly opened: OpenedPolicy;
  readonly reached: OpenedTarget;
  readonly authenticator: ReloadableAuthenticator;
  readonly decisions: ClusterDecisions;
  readonly denials: RecentDenials;
}

async function openRequests(
  deps: OpenGuardedClusterDeps,
  reached: OpenedTarget,
  { policy, authorize }: ClusterDecisions,
): Promise<OpenedAccessRequests | undefined> {
  const { accessRequests: bounds } = deps.cluster;
  const metrics = deps.accessMetrics;
  return (
    bounds && openAccessRequests({ ...deps, bounds, client: reached.writer, policy, authorize, metrics })
  );
}

function openOwnApi(
  deps: OpenGuardedClusterDeps,
  accessRequests: OpenedAccessRequests | undefined,
): OwnApi | undefined {
  const { cluster, gateway } = deps;
  return openAdmin({
    ...deps,
    // People are those of the gateway as a whole, and so of the cluster without a name.
    identity: cluster.name === undefined && gateway.adminApi ? deps.identity : undefined,
    accessRequests: accessRequests?.requests,
  });
}

function ownAccessOf({ opened, reached, authenticator, decisions, denials }: Parts): OwnAccess {
  const { policy, authorize } = decisions;
  const clusterAge = reached.policyAge;
  const surveyOf = (decides: Policy) =>
    createPolicySurvey({ policy: decides, files: filesOf(opened), clusterAge, now: Date.now });
  return createOwnAccess({
    userOf: authenticator.userOf,
    authorize,
    policy,
    explainRefusal: decisions.explainer(),
    explorer: policy && createAccessExplorer({ policy, authorize, denials, survey: surveyOf(policy) }),
  });
}

function filesOf({ manifests, appliedAt }: OpenedPolicy) {
  return { upToDate: manifests.upToDate, appliedAt };
}

interface Shown {
  readonly streams: OpenStreams;
  readonly limits: PipelineDeps['limits'];
  readonly checks: readonly ReadinessCheck[];
}

function showState(
  metrics: ClusterMetrics | undefined,
  { opened, reached, authenticator }: Parts,
  { streams, limits, checks }: Shown,
): void {
  const { upstream } = reached;
  metrics?.show({
    openStreams: streams.count,
    turns: limits,
    policyAge: reached.policyAge,
    manifests: filesOf(opened),
    issuers: authenticator.issuers,
    readiness: createReadiness(upstream === undefined ? checks : [...checks, upstream]),
  });
}
