import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../../resources/index.ts';
import { asJsonArray, asJsonObject } from '../json-object.ts';
import { canonicalQuantity } from '../quantity.ts';

/** Sources that no kubelet mounts any more. Source: Kubernetes pkg/api/persistentvolume/util.go. */
const goneSources: Readonly<Record<string, string>> = {
  photonPersistentDisk: 'spec.photonPersistentDisk: deprecated in v1.11, non-functional in v1.16+',
  scaleIO: 'spec.scaleIO: deprecated in v1.16, non-functional in v1.22+',
  storageos: 'spec.storageOS: deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'spec.glusterfs: deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'spec.cephfs: deprecated in v1.28, non-functional in v1.31+',
  rbd: 'spec.rbd: deprecated in v1.28, non-functional in v1.31+',
};

const classAnnotation = 'volume.beta.kubernetes.io/storage-class';

function ofClassAnnotation({ metadata }: KubeObject): string[] {
  return asJsonObject(metadata.annotations)[classAnnotation] === undefined
    ? []
    : [
        `metadata.annotations[${classAnnotation}]: deprecated since v1.8; use "storageClassName" attribute instead`,
      ];
}

export function volumeWarnings(volume: KubeObject): string[] {
  const spec = asJsonObject(volume['spec']);
  const isRecycled = spec['persistentVolumeReclaimPolicy'] === 'Recycle';
  return [
    ...ofClassAnnotation(volume),
    ...(isRecycled
      ? [
          'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
        ]
      : []),
    ...Object.entries(goneSources).flatMap(([source, warning]) =>
      spec[source] === undefined ? [] : [warning],
    ),
    ...topologyLabels(
      asJsonArray(asJsonObject(asJsonObject(spec['nodeAffinity'])['required'])['nodeSelectorTerms']),
      'spec.nodeAffinity.required.nodeSelectorTerms',
      'matchExpressions',
    ),
  ];
}

/** Labels that nodes had before they were agreed on. Source: pkg/api/node/util.go. */
const oldLabels: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region':
    'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone':
    'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type':
    'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};

function topologyLabels(terms: readonly unknown[], path: string, list: string): string[] {
  return terms.flatMap((term, index) =>
    asJsonArray(asJsonObject(term)[list]).flatMap((each, at) => {
      const warning = oldLabels[String(asJsonObject(each)['key'])];
      return warning === undefined ? [] : [`${path}[${index}].${list}[${at}].key: ${warning}`];
    }),
  );
}

export function storageClassWarnings(storageClass: KubeObject): string[] {
  const terms = asJsonArray(storageClass['allowedTopologies']);
  return topologyLabels(terms, 'allowedTopologies', 'matchLabelExpressions');
}

/** Source: pkg/api/persistentvolumeclaim/util.go GetWarningsForPersistentVolumeClaim. */
export function claimWarnings(claim: KubeObject): string[] {
  const resources = asJsonObject(asJsonObject(claim['spec'])['resources']);
  return [
    ...ofClassAnnotation(claim),
    ...['requests', 'limits'].flatMap((side) => fraction(resources, side)),
  ];
}

/** There is no part of a byte. */
function fraction(resources: Record<string, unknown>, side: string): string[] {
  const amount = asJsonObject(resources[side])['storage'];
  if (amount === undefined || !/[munm]$/.test(canonicalQuantity(String(amount)))) return [];
  const value = JSON.stringify(canonicalQuantity(String(amount)));
  return [`spec.resources.${side}[storage]: fractional byte value ${value} is invalid, must be an integer`];
}

/** Source: pkg/registry/storage/csidriver/strategy.go. */
export function driverWarnings(driver: KubeObject, old: KubeObject | undefined): string[] {
  if (old !== undefined && isDeepStrictEqual(driver['spec'], old['spec'])) return [];
  const { tokenRequests, serviceAccountTokenInSecrets } = asJsonObject(driver['spec']);
  if (asJsonArray(tokenRequests).length === 0 || serviceAccountTokenInSecrets !== undefined) return [];
  return [
    'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes',
  ];
}
