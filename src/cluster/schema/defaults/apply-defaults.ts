import type { KubeObject, ResourceType } from '../../resources/index.ts';
import { decodeObject } from '../decode-object.ts';
import { addZeros } from '../zeros.ts';
import * as api from './api-defaults.ts';
import * as core from './core-defaults.ts';
import * as policy from './policy-defaults.ts';
import type { Json } from './set-default.ts';
import * as storage from './storage-defaults.ts';
import * as workload from './workload-defaults.ts';

const defaulters: ReadonlyMap<string, (object: Json) => void> = new Map([
  ['/Pod', core.defaultPod],
  ['/Service', core.defaultService],
  ['/Secret', core.defaultSecret],
  ['/Namespace', core.defaultNamespace],
  ['/PersistentVolumeClaim', core.defaultPersistentVolumeClaim],
  ['/PersistentVolume', storage.defaultPersistentVolume],
  ['/PodTemplate', workload.defaultPodTemplate],
  ['/Endpoints', core.defaultEndpoints],
  ['/LimitRange', core.defaultLimitRange],
  ['/ReplicationController', workload.defaultReplicationController],
  ['apps/Deployment', workload.defaultDeployment],
  ['apps/ReplicaSet', workload.defaultReplicaSet],
  ['apps/StatefulSet', workload.defaultStatefulSet],
  ['apps/DaemonSet', workload.defaultDaemonSet],
  ['batch/Job', workload.defaultJob],
  ['batch/CronJob', workload.defaultCronJob],
  ['networking.k8s.io/NetworkPolicy', policy.defaultNetworkPolicy],
  ['rbac.authorization.k8s.io/RoleBinding', policy.defaultRoleBinding],
  ['rbac.authorization.k8s.io/ClusterRoleBinding', policy.defaultRoleBinding],
  ['discovery.k8s.io/EndpointSlice', policy.defaultEndpointSlice],
  ['autoscaling/HorizontalPodAutoscaler', policy.defaultHorizontalPodAutoscaler],
  ['apiextensions.k8s.io/CustomResourceDefinition', api.defaultCustomResourceDefinition],
  ['storage.k8s.io/StorageClass', storage.defaultStorageClass],
  ['storage.k8s.io/CSIDriver', storage.defaultCsiDriver],
  ['resource.k8s.io/ResourceClaim', storage.defaultResourceClaim],
  ['resource.k8s.io/ResourceClaimTemplate', storage.defaultResourceClaimTemplate],
  ['networking.k8s.io/IngressClass', api.defaultIngressClass],
  ['scheduling.k8s.io/PriorityClass', api.defaultPriorityClass],
  ['admissionregistration.k8s.io/MutatingWebhookConfiguration', api.defaultMutatingWebhooks],
  ['admissionregistration.k8s.io/ValidatingWebhookConfiguration', api.defaultValidatingWebhooks],
  ['admissionregistration.k8s.io/ValidatingAdmissionPolicy', api.defaultAdmissionPolicy],
  ['admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding', api.defaultAdmissionPolicyBinding],
  ['apiregistration.k8s.io/APIService', api.defaultApiService],
  ['flowcontrol.apiserver.k8s.io/FlowSchema', api.defaultFlowSchema],
  ['flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration', api.defaultPriorityLevel],
]);

/**
 * The object as Kubernetes decodes it: unknown fields, nulls and zeros dropped, the kind's defaults and then those zeros filled
 * in that Go writes. Returns a fresh copy; applying it twice changes nothing. What needs a clock, a name or an allocator is prepareForCreate's.
 * The object must have passed checkTypes.
 */
export function applyDefaults(type: ResourceType, object: KubeObject): KubeObject {
  const decoded = decodeObject(type, object);
  defaulters.get(`${type.group}/${type.kind}`)?.(decoded);
  addZeros(type, decoded);
  return decoded;
}
