import type { IncomingMessage, ServerResponse } from 'node:http';
import { internalError, StatusError } from '../../kube/index.ts';
import type { Pipeline } from '../pipeline/index.ts';
import { respondStatus } from '../respond-status.ts';
import type { ClientUpgrade } from '../upgrade/index.ts';
import { type ClusterTable, routeCluster } from './route-cluster.ts';

/**
 * Sends each request through the pipeline of the cluster that it is for. What is thrown here is nobody else's to catch: it
 * would end the process.
 */
export function createClusterRouter(
  table: ClusterTable<{ readonly pipeline: Pipeline }>,
  log: { error(fields: object, message: string): void },
): (request: IncomingMessage, response: ServerResponse, upgrade?: ClientUpgrade) => void {
  if (table.byName.size === 0)
    return (request, response, upgrade) => table.root.pipeline(request, response, upgrade);
  return (request, response, upgrade) => {
    try {
      const { cluster, target } = routeCluster(table, request);
      cluster.pipeline(request, response, upgrade, target);
    } catch (error) {
      if (!(error instanceof StatusError)) log.error({ err: error }, 'a request could not be routed');
      const refusal =
        error instanceof StatusError ? error : internalError('the request could not be handled');
      respondStatus(request, response, refusal.status);
    }
  };
}
