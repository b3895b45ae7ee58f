import type { ResourceType, ServedGroupVersion, SubresourceType } from '../resources/index.ts';

export type DiscoveryVersion = 'v2' | 'v2beta1';

/** An APIGroupDiscoveryList. Source: Kubernetes api/apidiscovery/v2/types.go. */
export function aggregatedGroups(version: DiscoveryVersion, served: readonly ServedGroupVersion[]): object {
  const groups = Map.groupBy(served, (each) => each.group);
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: [...groups].map(([name, versions]) => ({
      metadata: name === '' ? {} : { name },
      versions: versions.map((each) => ({
        version: each.version,
        resources: each.types.map(resourceEntry),
        freshness: 'Current',
      })),
    })),
  };
}

function resourceEntry(type: ResourceType): object {
  return {
    resource: type.resource,
    // An empty group and version mean those of the enclosing list.
    responseKind: { group: '', version: '', kind: type.kind },
    scope: type.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: type.singular,
    verbs: type.verbs,
    ...(type.shortNames.length > 0 && { shortNames: type.shortNames }),
    ...(type.categories.length > 0 && { categories: type.categories }),
    ...(type.subresources.length > 0 && { subresources: type.subresources.map(subresourceEntry) }),
  };
}

function subresourceEntry(subresource: SubresourceType): object {
  const { group, version, kind, name, verbs } = subresource;
  return { subresource: name, responseKind: { group, version, kind }, verbs };
}
