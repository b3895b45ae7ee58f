import type { KubeObject, ResourceType } from '../../resources/index.ts';
import { nodeWarnings, secretWarnings, serviceAccountWarnings } from './cluster-warnings.ts';
import * as network from './network-warnings.ts';
import * as storage from './storage-warnings.ts';

type Warner = (object: KubeObject, old: KubeObject | undefined) => readonly string[];

const warners: ReadonlyMap<string, Warner> = new Map<string, Warner>([
  ['/PersistentVolume', storage.volumeWarnings],
  ['/PersistentVolumeClaim', storage.claimWarnings],
  ['storage.k8s.io/StorageClass', storage.storageClassWarnings],
  ['storage.k8s.io/CSIDriver', storage.driverWarnings],
  ['/Service', network.serviceWarnings],
  ['/Endpoints', network.endpointsWarnings],
  ['discovery.k8s.io/EndpointSlice', network.endpointSliceWarnings],
  ['networking.k8s.io/Ingress', network.ingressWarnings],
  ['networking.k8s.io/NetworkPolicy', network.networkPolicyWarnings],
  ['/Node', nodeWarnings],
  ['/ServiceAccount', serviceAccountWarnings],
  ['/Secret', secretWarnings],
]);

/**
 * What the writer of an object is told although it is accepted: what is deprecated, ignored, or hardly meant.
 * @param old undefined for a new object
 */
export function warningsOf(type: ResourceType, object: KubeObject, old?: KubeObject): readonly string[] {
  return warners.get(`${type.group}/${type.kind}`)?.(object, old) ?? [];
}
