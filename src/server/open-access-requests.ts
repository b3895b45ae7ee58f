import {
  type AccessRequests,
  type Authority,
  clusterBindings,
  createAccessRequests,
  createRequestStore,
  type Recorder,
  startSweeper,
} from '../access-requests/index.ts';
import type { ClusterConfig } from '../config/index.ts';
import { type PipelineDeps, whenAnswered } from '../gateway/index.ts';
import type { Identity } from '../identity/index.ts';
import type { UserInfo } from '../kube/index.ts';
import type { ApiClient } from '../kubeconfig/index.ts';
import type { Policy } from '../rbac/index.ts';
import type { LeaderElection, Store } from '../store/index.ts';
import type { Log } from '../telemetry/index.ts';
import type { AccessRequestMetrics } from './access-request-metrics.ts';
import { bindRule } from './bind-rule.ts';
import { offeredRoles } from './offered-roles.ts';
import { recordInTrail } from './record-access-request.ts';
import { schedule } from './schedule.ts';

export interface OpenAccessRequestsDeps {
  readonly cluster: ClusterConfig;
  readonly bounds: NonNullable<ClusterConfig['accessRequests']>;
  readonly store: Store;
  readonly leader: Pick<LeaderElection, 'isLeader'>;
  /** Asks the cluster's API as the gateway's own account. */
  readonly client: Pick<ApiClient, 'get' | 'post' | 'delete'>;
  /** undefined: the API server decides, and nobody here knows what a role holds. */
  readonly policy: Policy | undefined;
  readonly authorize: PipelineDeps['authorize'];
  readonly identity: Pick<Identity, 'trail'>;
  readonly metrics: AccessRequestMetrics | undefined;
  readonly log: Log;
}

export interface OpenedAccessRequests {
  readonly requests: AccessRequests;
  /** What somebody may decide who acts as nobody else. */
  authorityOf(user: UserInfo): Authority;
  /** Roles to choose from, as far as somebody may know of them. */
  rolesFor(authority: Authority): Promise<readonly string[]>;
  /** In milliseconds. */
  readonly maxDuration: number;
  close(): Promise<void>;
}

/** Requests for access to one cluster, and who looks after them. */
export async function openAccessRequests(deps: OpenAccessRequestsDeps): Promise<OpenedAccessRequests> {
  const { cluster, bounds, store, leader, client, authorize } = deps;
  const metrics = deps.metrics?.of(cluster.name);
  const inTrail = recordInTrail(deps.identity.trail, cluster.name);
  const record: Recorder = async (happening) => {
    await metrics?.count(happening);
    await inTrail(happening);
  };
  const shared = {
    store,
    requests: createRequestStore(store, `access-requests/${cluster.name ?? '-'}/`),
    bindings: { ...clusterBindings(client), confirmMayBind: bindRule(deps.policy, client) },
    record,
    now: Date.now,
    log: deps.log.child({ part: 'access-requests' }),
  };
  const sweeper = await startSweeper({
    ...shared,
    leader,
    keepFor: bounds.keepFor,
    schedule,
  });
  metrics?.show(sweeper.counts);
  return {
    requests: createAccessRequests({ ...shared, bounds }),
    authorityOf: (user) => ({
      user,
      caller: user,
      decide: async (attributes) => whenAnswered(() => authorize(attributes)),
    }),
    rolesFor: (authority) => offeredRoles(deps.policy, authority),
    maxDuration: bounds.maxDuration,
    close: () => sweeper.close(),
  };
}
