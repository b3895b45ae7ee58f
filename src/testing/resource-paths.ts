import type { TestCluster } from './entry.d.ts';

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** Where objects are served, by discovery; a group is asked for once, and again for a kind that it does not know yet. */
export function createResourcePaths(
  request: TestCluster['request'],
): (object: Readonly<Record<string, unknown>>) => Promise<string> {
  const known = new Map<string, readonly Resource[]>();

  async function resourcesOf(groupPath: string): Promise<readonly Resource[]> {
    const { status, body } = await request('GET', groupPath);
    const resources: readonly Resource[] = status === 200 ? body.resources : [];
    known.set(groupPath, resources);
    return resources;
  }

  return async (object) => {
    const { apiVersion, kind } = object;
    const { name, namespace = 'default' } = (object['metadata'] ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof name !== 'string')
      throw new Error('a manifest needs apiVersion, kind and metadata.name');
    const groupPath = `/api${apiVersion.includes('/') ? 's' : ''}/${apiVersion}`;
    const find = (resources: readonly Resource[] | undefined) =>
      resources?.find((resource) => resource.kind === kind && !resource.name.includes('/'));
    const resource = find(known.get(groupPath)) ?? find(await resourcesOf(groupPath));
    if (resource === undefined) throw new Error(`no matches for kind "${kind}" in version "${apiVersion}"`);
    const place = resource.namespaced ? `/namespaces/${namespace}` : '';
    return `${groupPath}${place}/${resource.name}/${encodeURIComponent(name)}`;
  };
}
