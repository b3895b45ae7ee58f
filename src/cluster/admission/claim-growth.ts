import { forbiddenObject } from '../../kube/index.ts';
import type { ObjectContext } from '../objects/object-context.ts';
import { builtInType, type KubeObject, type ResourceType } from '../resources/index.ts';
import { asJsonObject, asText, compareQuantities } from '../schema/index.ts';

const storageClasses = builtInType('storage.k8s.io', 'storageclasses');

/**
 * A claim grows where its class says that its volumes can. Throws StatusError 403.
 * Source: Kubernetes plugin/pkg/admission/storage/persistentvolume/resize.
 */
export async function confirmMayGrow(
  { objects }: ObjectContext,
  type: ResourceType,
  claim: KubeObject,
  old: KubeObject,
): Promise<void> {
  if (compareQuantities(sizeOf(claim), sizeOf(old)) <= 0) return;
  const name = asText(asJsonObject(old['spec'])['storageClassName']);
  const found = name === undefined ? undefined : await objects.get(storageClasses, '', name);
  if (found?.object['allowVolumeExpansion'] === true) return;
  const detail =
    'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize';
  throw forbiddenObject(type, claim.metadata.name ?? '', detail);
}

function sizeOf({ spec }: KubeObject): string {
  const { requests } = asJsonObject(asJsonObject(spec)['resources']);
  return asText(asJsonObject(requests)['storage']) ?? '0';
}
