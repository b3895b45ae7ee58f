import { internalError, StatusError } from '../../../kube/index.ts';
import { groupVersionOf, type KubeObject, type ResourceType } from '../../resources/index.ts';
import { kindOf } from '../attributes.ts';

/**
 * An object of a request in the version of another type whose objects are kept in the same place. What a subresource's own
 * kind holds (a Scale) is the same in all of them. Throws StatusError 500 when a conversion webhook fails.
 */
export async function inVersion(
  object: KubeObject,
  from: ResourceType,
  to: ResourceType,
  subresource: string,
): Promise<KubeObject> {
  if (from === to || kindOf(from, subresource).kind !== from.kind) return object;
  const conversion = from.custom?.conversion;
  if (conversion !== undefined) {
    return conversion.convert(object, groupVersionOf(to)).catch((error: unknown) => {
      throw error instanceof StatusError ? internalError(error.status.message ?? '') : error;
    });
  }
  // Versions of a definition without a webhook differ by their names alone.
  const shown = from.custom === undefined ? shownOf(to, from.kept?.toStored(object) ?? object) : object;
  return { ...shown, apiVersion: groupVersionOf(to), kind: to.kind };
}

function shownOf({ kept: form }: ResourceType, kept: KubeObject): KubeObject {
  return form?.fromStored(kept) ?? kept;
}
