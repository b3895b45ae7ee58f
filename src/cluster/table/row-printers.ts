import * as core from './cells/core-cells.ts';
import * as network from './cells/network-cells.ts';
import { podCells } from './cells/pod-cells.ts';
import * as policy from './cells/policy-cells.ts';
import type { CellsOf } from './cells/read.ts';
import * as workload from './cells/workload-cells.ts';

/** The printer of each listable kind, by `group/plural`; its cells match the columns in src/cluster/data. */
export const rowPrinters: ReadonlyMap<string, CellsOf> = new Map<string, CellsOf>([
  ['/configmaps', core.configMapCells],
  ['/endpoints', network.endpointsCells],
  ['/events', core.eventCells],
  ['/limitranges', core.nameAndCreatedAtCells],
  ['/namespaces', core.namespaceCells],
  ['/nodes', core.nodeCells],
  ['/persistentvolumeclaims', core.persistentVolumeClaimCells],
  ['/pods', podCells],
  ['/replicationcontrollers', workload.replicationControllerCells],
  ['/resourcequotas', core.resourceQuotaCells],
  ['/secrets', core.secretCells],
  ['/serviceaccounts', core.nameAndAgeCells],
  ['/services', network.serviceCells],
  ['apps/daemonsets', workload.daemonSetCells],
  ['apps/deployments', workload.deploymentCells],
  ['apps/replicasets', workload.replicaSetCells],
  ['apps/statefulsets', workload.statefulSetCells],
  ['batch/cronjobs', workload.cronJobCells],
  ['batch/jobs', workload.jobCells],
  ['networking.k8s.io/ingresses', network.ingressCells],
  ['networking.k8s.io/networkpolicies', network.networkPolicyCells],
  ['rbac.authorization.k8s.io/clusterrolebindings', policy.roleBindingCells],
  ['rbac.authorization.k8s.io/clusterroles', core.nameAndCreatedAtCells],
  ['rbac.authorization.k8s.io/rolebindings', policy.roleBindingCells],
  ['rbac.authorization.k8s.io/roles', core.nameAndCreatedAtCells],
  ['discovery.k8s.io/endpointslices', network.endpointSliceCells],
  ['coordination.k8s.io/leases', core.leaseCells],
  ['policy/poddisruptionbudgets', policy.podDisruptionBudgetCells],
  ['autoscaling/horizontalpodautoscalers', policy.horizontalPodAutoscalerCells],
]);
