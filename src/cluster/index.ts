/**
 * The embedded Kubernetes API: objects on the store, served as kube-apiserver serves them.
 * It trusts its caller: who the user is and whether the request is allowed have been decided before.
 */
export type { Cluster, ClusterRequest, PolicyFollower } from './cluster.ts';
export type { ClusterDeps, ClusterLog, ClusterVersion, Schedule } from './cluster-deps.ts';
export { openCluster } from './open-cluster.ts';
export type { KubeObject, ObjectMeta } from './resources/index.ts';
