import { ownWriters } from '../objects/own-writers.ts';
import type { KubeObject, ServedGroupVersion } from '../resources/index.ts';

/** Who keeps an APIService: "onstart" those that are there from the beginning, "true" those of custom resources. */
export const automanaged = 'kube-aggregator.kubernetes.io/automanaged';

/**
 * Groups by the order in which clients prefer them, and versions within: groupPriorityMinimum, then versionPriority by version.
 * Source: Kubernetes pkg/controlplane/apiserver/aggregator.go DefaultGenericAPIServicePriorities, pkg/controlplane/instance.go.
 */
const priorities: Readonly<Record<string, readonly [number, Readonly<Record<string, number>>]>> = {
  '': [18_000, { v1: 1 }],
  apps: [17_800, { v1: 15 }],
  'events.k8s.io': [17_750, { v1: 15 }],
  'authentication.k8s.io': [17_700, { v1: 15 }],
  'authorization.k8s.io': [17_600, { v1: 15 }],
  autoscaling: [17_500, { v1: 15, v2: 30 }],
  batch: [17_400, { v1: 15 }],
  'certificates.k8s.io': [17_300, { v1: 15 }],
  'networking.k8s.io': [17_200, { v1: 15 }],
  policy: [17_100, { v1: 15 }],
  'rbac.authorization.k8s.io': [17_000, { v1: 15 }],
  'storage.k8s.io': [16_800, { v1: 15 }],
  'apiextensions.k8s.io': [16_700, { v1: 15 }],
  'admissionregistration.k8s.io': [16_700, { v1: 15 }],
  'scheduling.k8s.io': [16_600, { v1: 15 }],
  'coordination.k8s.io': [16_500, { v1: 15 }],
  'node.k8s.io': [16_300, { v1: 15 }],
  'resource.k8s.io': [16_200, { v1: 21 }],
  'discovery.k8s.io': [16_200, { v1: 15 }],
  'flowcontrol.apiserver.k8s.io': [16_100, { v1: 21 }],
  'metrics.k8s.io': [100, { v1beta1: 100 }],
};

/** Source: pkg/controlplane/controller/crdregistration/crdregistration_controller.go. */
const customPriority = [1000, 100] as const;

/**
 * The APIService of a group version that is served here, as it is kept.
 * @param now as metav1.Time writes it
 */
export function localApiService({ group, version, types }: ServedGroupVersion, now: string): KubeObject {
  const isCustom = types.some(({ custom }) => custom !== undefined);
  const [groupPriority, versions] = priorities[group] ?? [customPriority[0], {}];
  return {
    kind: 'APIService',
    apiVersion: 'apiregistration.k8s.io/v1',
    metadata: {
      name: `${version}.${group}`,
      labels: { [automanaged]: isCustom ? 'true' : 'onstart' },
      managedFields: [ownedFields(group, now)],
    },
    spec: {
      ...(group !== '' && { group }),
      version,
      groupPriorityMinimum: groupPriority,
      versionPriority: versions[version] ?? customPriority[1],
    },
    status: {
      conditions: [
        {
          type: 'Available',
          status: 'True',
          lastTransitionTime: now,
          reason: 'Local',
          message: 'Local APIServices are always available',
        },
      ],
    },
  };
}

function ownedFields(group: string, time: string): object {
  return {
    manager: ownWriters.apiServer,
    operation: 'Update',
    apiVersion: 'apiregistration.k8s.io/v1',
    time,
    fieldsType: 'FieldsV1',
    fieldsV1: {
      'f:metadata': { 'f:labels': { '.': {}, [`f:${automanaged}`]: {} } },
      'f:spec': {
        ...(group !== '' && { 'f:group': {} }),
        'f:groupPriorityMinimum': {},
        'f:version': {},
        'f:versionPriority': {},
      },
    },
  };
}
