/**
 * Several clusters behind one gateway: which one a request is for. Each has a pipeline of its own; nothing is shared but the
 * address and the audit log.
 */
export { createClusterRouter } from './cluster-router.ts';
export { type ClusterTable, routeCluster } from './route-cluster.ts';
