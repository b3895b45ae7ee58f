/**
 * The embedded Kubernetes API: objects on the store, served as kube-apiserver serves them.
 * It trusts its caller: who the user is and whether the request is allowed have been decided before.
 * Also what it takes to serve other kinds in the same way (`handlers/serving.ts` and what describes a kind).
 */
export type { Cluster, ClusterRequest, PolicyFollower } from './cluster.ts';
export {
  type ClusterDeps,
  type ClusterLog,
  type ClusterVersion,
  type Schedule,
  scheduleTimeout,
} from './cluster-deps.ts';
export type { ConversionReport } from './custom/index.ts';
export {
  aggregatedGroups,
  apiGroup,
  apiResourceList,
  type DiscoveryVersion,
} from './discovery/index.ts';
export * from './handlers/serving.ts';
export { openCluster } from './open-cluster.ts';
export {
  type OpenapiDocument,
  type OpenapiV2Part,
  openapiDocumentOf,
  openapiV2PartOf,
} from './openapi/index.ts';
export type {
  Cell,
  ColumnDefinition,
  KubeObject,
  ObjectMeta,
  OpenapiSchema,
  OwnKind,
  ResourceType,
  ServedGroupVersion,
  SubresourceType,
} from './resources/index.ts';
export { timeSince } from './table/index.ts';
