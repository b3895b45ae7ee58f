import type { ApiClient } from '../../kubeconfig/index.ts';
import type { ResourceType } from './resource-type.ts';

/** Source: Kubernetes api/apidiscovery/v2 types.go; v2beta1 (since 1.26) has the same fields. */
interface GroupDiscovery {
  readonly metadata?: { readonly name?: string };
  readonly versions?: readonly {
    readonly version: string;
    readonly resources?: readonly ResourceDiscovery[];
  }[];
}

interface ResourceDiscovery {
  readonly resource: string;
  readonly responseKind?: { readonly kind?: string };
  readonly scope?: string;
  readonly singularResource?: string;
  readonly shortNames?: readonly string[];
  readonly subresources?: readonly { readonly subresource: string }[];
}

const ACCEPT = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .join(',');

/**
 * The types that the server serves, core group first.
 * @returns undefined when the server has no aggregated discovery (before Kubernetes 1.27)
 */
export async function discoverResources(server: ApiClient): Promise<ResourceType[] | undefined> {
  const documents = await Promise.all(['/api', '/apis'].map((path) => server.get(path, ACCEPT)));
  const types: ResourceType[] = [];
  for (const document of documents) {
    const { kind, items } = document as { kind?: unknown; items?: readonly GroupDiscovery[] };
    if (kind !== 'APIGroupDiscoveryList' || !Array.isArray(items)) return undefined;
    types.push(...(items as readonly GroupDiscovery[]).flatMap(resourcesOf));
  }
  return types;
}

function resourcesOf({ metadata, versions = [] }: GroupDiscovery): ResourceType[] {
  const byPlural = new Map<string, ResourceType>();
  for (const { version, resources = [] } of versions) {
    for (const found of resources) {
      const known = byPlural.get(found.resource);
      byPlural.set(found.resource, {
        ...(known ?? describe(metadata?.name ?? '', found)),
        versions: [...(known?.versions ?? []), version],
      });
    }
  }
  return [...byPlural.values()];
}

function describe(group: string, found: ResourceDiscovery): Omit<ResourceType, 'versions'> {
  return {
    group,
    plural: found.resource,
    singular: found.singularResource || (found.responseKind?.kind ?? '').toLowerCase(),
    shortNames: found.shortNames ?? [],
    namespaced: found.scope !== 'Cluster',
    subresources: (found.subresources ?? []).map(({ subresource }) => subresource),
  };
}
