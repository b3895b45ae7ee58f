import type { KubeObject, ResourceType } from './resource-type.ts';

/**
 * A kind for those that look at metadata only, and count: the objects of a custom resource are as they are kept, in whatever
 * version. What cleans up behind others must not wait for a webhook, or for a version, that may be gone already.
 */
export function asKept(type: ResourceType): ResourceType {
  if (type.custom === undefined) return type;
  const { conversion: _, ...custom } = type.custom;
  const itself = (object: KubeObject) => object;
  return {
    ...type,
    custom: {
      ...custom,
      decode: itself,
      toStored: itself,
      fromStored: itself,
      isOutdated: () => false,
      // By which version's rules? Their metadata is the cluster's own work.
      validate: () => [],
    },
  };
}
