import type { ClusterRole } from '../aggregated-roles/index.ts';
import type { Quota } from '../quota/index.ts';
import { builtInType, type KubeObject, type ResourceType } from '../resources/index.ts';
import type { SigningRequest } from '../signing/index.ts';
import type { Autoscaler } from './autoscaler/autoscaler.ts';
import type * as shapes from './shapes.ts';

/** A served kind, and what its objects look like to the controllers. */
export interface Kind<T extends KubeObject> extends ResourceType {
  /** Never there: it ties the type to the shape of its objects. */
  readonly shape?: T;
}

function kind<T extends KubeObject>(group: string, resource: string, version = 'v1'): Kind<T> {
  return builtInType(group, resource, version);
}

export const nodes = kind<shapes.Node>('', 'nodes');
export const pods = kind<shapes.Pod>('', 'pods');
export const services = kind<shapes.Service>('', 'services');
export const endpointsObjects = kind<KubeObject>('', 'endpoints');
export const endpointSlices = kind<KubeObject>('discovery.k8s.io', 'endpointslices');
export const claims = kind<shapes.Claim>('', 'persistentvolumeclaims');
export const quotas = kind<Quota>('', 'resourcequotas');
export const volumes = kind<shapes.Volume>('', 'persistentvolumes');
export const storageClasses = kind<shapes.StorageClass>('storage.k8s.io', 'storageclasses');
export const deployments = kind<shapes.Deployment>('apps', 'deployments');
export const replicaSets = kind<shapes.ReplicaSet>('apps', 'replicasets');
export const replicationControllers = kind<shapes.ReplicaSet>('', 'replicationcontrollers');
export const statefulSets = kind<shapes.StatefulSet>('apps', 'statefulsets');
export const daemonSets = kind<shapes.DaemonSet>('apps', 'daemonsets');
export const controllerRevisions = kind<shapes.ControllerRevision>('apps', 'controllerrevisions');
export const jobs = kind<shapes.Job>('batch', 'jobs');
export const cronJobs = kind<shapes.CronJob>('batch', 'cronjobs');
export const disruptionBudgets = kind<shapes.DisruptionBudget>('policy', 'poddisruptionbudgets');
export const admissionPolicies = kind<KubeObject>(
  'admissionregistration.k8s.io',
  'validatingadmissionpolicies',
);
export const clusterRoles = kind<ClusterRole>('rbac.authorization.k8s.io', 'clusterroles');
export const signingRequests = kind<SigningRequest>('certificates.k8s.io', 'certificatesigningrequests');
export const autoscalers = kind<Autoscaler>('autoscaling', 'horizontalpodautoscalers', 'v2');
