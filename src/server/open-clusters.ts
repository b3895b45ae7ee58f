import type { IncomingMessage, ServerResponse } from 'node:http';
import { clustersOf } from '../config/index.ts';
import { type ClientUpgrade, createClusterRouter } from '../gateway/index.ts';
import {
  type GuardedCluster,
  type OpenGuardedClusterDeps,
  openGuardedCluster,
} from './open-guarded-cluster.ts';

/** All clusters behind door 2, as one. */
export interface Clusters {
  handle(request: IncomingMessage, response: ServerResponse, upgrade?: ClientUpgrade): void;
  notReady(): string | undefined;
  /** What decides in the first one, for services that are no cluster. */
  readonly door: GuardedCluster['door'];
  close(): Promise<void>;
}

/** Opens every cluster of the configuration; one that can't be opened keeps the gateway from starting. */
export async function openClusters(deps: Omit<OpenGuardedClusterDeps, 'cluster'>): Promise<Clusters> {
  const opened: GuardedCluster[] = [];
  const byName = new Map<string, GuardedCluster>();
  const byServerName = new Map<string, GuardedCluster>();
  const close = async () => void (await Promise.all(opened.map((cluster) => cluster.close())));
  const configured = clustersOf(deps.gateway);
  try {
    for (const cluster of configured) {
      const guarded = await openGuardedCluster({ ...deps, cluster, log: logOf(deps.log, cluster.name) });
      opened.push(guarded);
      if (cluster.name !== undefined) byName.set(cluster.name, guarded);
      if (cluster.serverName !== undefined) byServerName.set(cluster.serverName.toLowerCase(), guarded);
    }
  } catch (error) {
    await close();
    throw error;
  }
  const [root] = opened as [GuardedCluster];
  return {
    handle: createClusterRouter({ root, byName, byServerName }),
    notReady: () =>
      firstReason(
        configured.map(({ name }) => name),
        opened,
      ),
    door: root.door,
    close,
  };
}

function logOf(log: OpenGuardedClusterDeps['log'], name: string | undefined): OpenGuardedClusterDeps['log'] {
  return name === undefined ? log : log.child({ cluster: name });
}

function firstReason(
  names: readonly (string | undefined)[],
  opened: readonly GuardedCluster[],
): string | undefined {
  for (const [index, cluster] of opened.entries()) {
    const reason = cluster.notReady();
    if (reason === undefined) continue;
    const name = names[index];
    return name === undefined ? reason : `cluster ${name}: ${reason}`;
  }
  return undefined;
}
