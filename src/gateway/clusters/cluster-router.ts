import type { IncomingMessage, ServerResponse } from 'node:http';
import { StatusError } from '../../kube/index.ts';
import type { Pipeline } from '../pipeline/index.ts';
import { respondStatus } from '../respond-status.ts';
import type { ClientUpgrade } from '../upgrade/index.ts';
import { type ClusterTable, routeCluster } from './route-cluster.ts';

/** Sends each request through the pipeline of the cluster that it is for. */
export function createClusterRouter(
  table: ClusterTable<{ readonly pipeline: Pipeline }>,
): (request: IncomingMessage, response: ServerResponse, upgrade?: ClientUpgrade) => void {
  if (table.byName.size === 0)
    return (request, response, upgrade) => table.root.pipeline(request, response, upgrade);
  return (request, response, upgrade) => {
    try {
      const { cluster, target } = routeCluster(table, request);
      cluster.pipeline(request, response, upgrade, target);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      respondStatus(request, response, error.status);
    }
  };
}
