import type { KubeObject, ResourceType } from '../../resources/index.ts';
import type { Json } from '../defaults/set-default.ts';
import { asJsonArray, asJsonObject } from '../json-object.ts';
import { qosClass } from './qos-class.ts';

/** The status of a new object, zero values included where the API shows them; undefined when the kind has none. */
export function initialStatus(type: ResourceType, object: KubeObject): Json | undefined {
  if (type.custom !== undefined) return undefined;
  if (type.kind === 'Pod') return { phase: 'Pending', qosClass: qosClass(asJsonObject(object['spec'])) };
  // A kubelet registers its node with a status.
  if (type.kind === 'Node') return { ...emptyNodeStatus, ...asJsonObject(object['status']) };
  if (type.kind === 'CustomResourceDefinition')
    return { ...noNames, storedVersions: storedVersions(object, []) };
  const status = statuses.get(`${type.group}/${type.kind}`);
  return status === undefined ? undefined : structuredClone(status);
}

/** Of a definition that nobody has looked at. */
const noNames: Json = { conditions: null, acceptedNames: { plural: '', kind: '' } };

/** The versions that objects of a definition may be kept in: its own and those of before. */
export function storedVersions(definition: KubeObject, before: readonly unknown[]): readonly unknown[] {
  const versions = asJsonArray(asJsonObject(definition['spec'])['versions']).map(asJsonObject);
  const storage = versions.find((version) => version['storage'] === true)?.['name'];
  return storage === undefined || before.includes(storage) ? before : [...before, storage];
}

const statuses: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['/Namespace', { phase: 'Active' }],
  ['/Service', { loadBalancer: {} }],
  ['/PersistentVolumeClaim', { phase: 'Pending' }],
  ['/PersistentVolume', { phase: 'Pending' }],
  ['/ReplicationController', { replicas: 0 }],
  ['/ResourceQuota', {}],
  ['apps/Deployment', {}],
  ['apps/ReplicaSet', { replicas: 0 }],
  ['apps/StatefulSet', { replicas: 0, availableReplicas: 0 }],
  [
    'apps/DaemonSet',
    { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
  ],
  ['batch/Job', {}],
  ['batch/CronJob', {}],
  ['networking.k8s.io/Ingress', { loadBalancer: {} }],
  [
    'policy/PodDisruptionBudget',
    { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
  ],
  ['autoscaling/HorizontalPodAutoscaler', { desiredReplicas: 0 }],
  ['certificates.k8s.io/CertificateSigningRequest', {}],
  ['networking.k8s.io/ServiceCIDR', {}],
  ['storage.k8s.io/VolumeAttachment', { attached: false }],
  ['admissionregistration.k8s.io/ValidatingAdmissionPolicy', {}],
  ['apiregistration.k8s.io/APIService', {}],
  ['resource.k8s.io/ResourceClaim', {}],
  ['flowcontrol.apiserver.k8s.io/FlowSchema', {}],
  ['flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration', {}],
]);

const emptyNodeStatus: Json = {
  daemonEndpoints: { kubeletEndpoint: { Port: 0 } },
  nodeInfo: {
    machineID: '',
    systemUUID: '',
    bootID: '',
    kernelVersion: '',
    osImage: '',
    containerRuntimeVersion: '',
    kubeletVersion: '',
    kubeProxyVersion: '',
    operatingSystem: '',
    architecture: '',
  },
};
