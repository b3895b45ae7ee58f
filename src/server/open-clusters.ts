import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ClusterConfig, clustersOf } from '../config/index.ts';
import {
  type ClientUpgrade,
  createClusterRouter,
  createReadiness,
  createScatter,
  type GatewayMetrics,
  joinChecks,
  type OwnAccess,
  type Pipeline,
  type Readiness,
  type ReadinessCheck,
  type ScatteredCluster,
} from '../gateway/index.ts';
import type { OpenedAccessRequests } from './open-access-requests.ts';
import {
  type GuardedCluster,
  type OpenGuardedClusterDeps,
  openGuardedCluster,
} from './open-guarded-cluster.ts';
import type { StoreAvailability } from './store-availability.ts';

/** All clusters behind door 2, as one. */
export interface Clusters {
  handle(request: IncomingMessage, response: ServerResponse, upgrade?: ClientUpgrade): void;
  readonly readiness: Readiness;
  /** What decides in the first one, for services that are no cluster. */
  readonly door: GuardedCluster['door'];
  /** By name; undefined is the one without. */
  readonly access: ReadonlyMap<string | undefined, OwnAccess>;
  /** Of the one without a name. */
  readonly ownApi: GuardedCluster['ownApi'];
  /** Of the clusters where people can ask for access, by name as above. */
  readonly accessRequests: ReadonlyMap<string | undefined, OpenedAccessRequests>;
  /** @param drained when the server has answered what was under way */
  close(drained: Promise<unknown>): Promise<void>;
}

export interface OpenClustersDeps extends Omit<OpenGuardedClusterDeps, 'cluster' | 'metrics'> {
  readonly metrics: GatewayMetrics | undefined;
  /** Of a storage outside this process. */
  readonly availability: Pick<StoreAvailability, 'isAway'> | undefined;
}

/** Opens every cluster of the configuration; one that can't be opened keeps the gateway from starting. */
export async function openClusters(deps: OpenClustersDeps): Promise<Clusters> {
  const opened: GuardedCluster[] = [];
  const byName = new Map<string, GuardedCluster>();
  const byServerName = new Map<string, GuardedCluster>();
  const close = async (drained: Promise<unknown>) =>
    void (await Promise.all(opened.map((cluster) => cluster.close(drained))));
  const configured = clustersOf(deps.gateway);
  try {
    for (const cluster of configured) {
      const guarded = await openGuardedCluster({
        ...deps,
        cluster,
        metrics: deps.metrics?.of(
          cluster.name,
          cluster.authorization === 'subjectAccessReview' ? 'Webhook' : 'RBAC',
        ),
        log: logOf(deps.log, cluster.name),
      });
      opened.push(guarded);
      if (cluster.name !== undefined) byName.set(cluster.name, guarded);
      if (cluster.serverName !== undefined) byServerName.set(cluster.serverName.toLowerCase(), guarded);
    }
  } catch (error) {
    await close(Promise.resolve());
    throw error;
  }
  const [root] = opened as [GuardedCluster];
  // No cluster can have this name.
  const named: Map<string, Pick<GuardedCluster, 'pipeline'>> = new Map(byName);
  if (byName.size > 0) named.set('-', { pipeline: scatterOver(opened, configured, deps) });
  return {
    handle: createClusterRouter({ root, byName: named, byServerName }, deps.log),
    readiness: createReadiness([
      ...storageChecks(deps.availability),
      ...joinChecks(opened.map((cluster, index) => ({ ...cluster, name: configured[index]?.name }))),
    ]),
    door: root.door,
    ownApi: root.ownApi,
    access: new Map(opened.map(({ access }, index) => [configured[index]?.name, access])),
    accessRequests: new Map(
      opened.flatMap(({ accessRequests }, index) =>
        accessRequests === undefined ? [] : [[configured[index]?.name, accessRequests]],
      ),
    ),
    close,
  };
}

function storageChecks(availability: OpenClustersDeps['availability']): readonly ReadinessCheck[] {
  if (availability === undefined) return [];
  const failing = () => (availability.isAway() ? 'the storage does not answer' : undefined);
  return [{ name: 'storage', failing }];
}

/** Every cluster in the order of the configuration, asked together. */
function scatterOver(
  opened: readonly GuardedCluster[],
  configured: readonly ClusterConfig[],
  { gateway, limitEvents, log }: OpenClustersDeps,
): Pipeline {
  const [root, ...others] = opened.map(({ pipeline }, index) => {
    const name = configured[index]?.name;
    return name === undefined
      ? { name: 'root', prefix: '', pipeline }
      : { name, prefix: `/clusters/${name}`, pipeline };
  }) as [ScatteredCluster, ...ScatteredCluster[]];
  return createScatter({
    clusters: [root, ...others],
    deadlineMs: gateway.scatterDeadline,
    stalledReaderMs: gateway.limits.stalledReader,
    events: limitEvents,
    log: log.child({ door: 'gateway' }),
  });
}

function logOf(log: OpenGuardedClusterDeps['log'], name: string | undefined): OpenGuardedClusterDeps['log'] {
  return name === undefined ? log : log.child({ cluster: name });
}
