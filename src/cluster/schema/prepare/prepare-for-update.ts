import type { KubeObject, ResourceType } from '../../resources/index.ts';
import { ensureObject } from '../defaults/set-default.ts';
import { asJsonObject } from '../json-object.ts';
import type { Allocators } from './allocators.ts';
import { allocateServiceFields } from './service-fields.ts';

/**
 * What an update keeps although the client left it out: a service's allocated addresses, a namespace's finalizers
 * (only `/finalize` writes them). `status` is the caller's. Call it after applyDefaults and before validateObject.
 */
export function prepareForUpdate(
  type: ResourceType,
  object: KubeObject,
  oldObject: KubeObject,
  allocators: Allocators,
): KubeObject {
  if (type.group !== '' || (type.kind !== 'Service' && type.kind !== 'Namespace')) return object;
  const prepared = structuredClone(object);
  if (type.kind === 'Service') allocateServiceFields(prepared, oldObject, allocators);
  else keepFinalizers(prepared, oldObject);
  return prepared;
}

function keepFinalizers(namespace: KubeObject, oldNamespace: KubeObject): void {
  const finalizers = asJsonObject(oldNamespace['spec'])['finalizers'];
  const spec = ensureObject(namespace, 'spec');
  if (finalizers === undefined) delete spec['finalizers'];
  else spec['finalizers'] = finalizers;
}
