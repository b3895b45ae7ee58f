import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { discoveryDocument } from '../../../src/cluster/discovery/index.ts';
import { builtInTable, findResourceType } from '../../../src/cluster/resources/index.ts';

function recorded(name: string) {
  const path = new URL(`../../corpus/cluster/discovery/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8'));
}

const v2 = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const kubectl = `${v2},application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json`;
const body = (path: string, accept?: string) =>
  JSON.parse(discoveryDocument(builtInTable, path, accept)?.body ?? 'null');
const unservedSubresources = new Set(['proxy']);

interface Resource {
  resource: string;
  subresources?: { subresource: string }[];
}
interface GroupVersion {
  version: string;
  resources: Resource[];
}
interface GroupList {
  items: { metadata: { name?: string }; versions: GroupVersion[] }[];
}

/** The recorded aggregated document, cut down to what we serve. */
function servedPart(document: GroupList): GroupList {
  const items = document.items.flatMap((item) => {
    const group = item.metadata.name ?? '';
    const versions = item.versions.flatMap((version) => {
      const resources = version.resources
        .filter((each) => findResourceType(group, version.version, each.resource) !== undefined)
        .map((each) => {
          const { subresources, ...rest } = each;
          const kept = (subresources ?? []).filter((one) => !unservedSubresources.has(one.subresource));
          return kept.length > 0 ? { ...rest, subresources: kept } : rest;
        });
      return resources.length > 0 ? [{ ...version, resources }] : [];
    });
    const metadata = group === '' ? {} : { name: group };
    return versions.length > 0 ? [{ ...item, metadata, versions }] : [];
  });
  return { ...document, items };
}

describe('discoveryDocument', () => {
  it.each([
    ['/api', 'v2-api'],
    ['/apis', 'v2-apis'],
  ])('answers %s as kube-apiserver does, for what is served', (path, name) => {
    expect(body(path, kubectl)).toEqual(servedPart(recorded(name)));
    expect(discoveryDocument(builtInTable, path, kubectl)?.contentType).toBe(v2);
  });

  it.each([
    ['/api/v1', 'legacy-api-v1'],
    ['/apis/apps/v1', 'legacy-apps-v1'],
  ])('answers %s with the legacy list of what is served', (path, name) => {
    const document = recorded(name);
    const group = path === '/api/v1' ? '' : 'apps';
    const resources = document.resources.filter((each: { name: string }) => {
      const [resource = '', subresource] = each.name.split('/');
      const type = findResourceType(group, 'v1', resource);
      return type !== undefined && (subresource === undefined || !unservedSubresources.has(subresource));
    });
    expect(body(path)).toEqual({ ...document, resources });
  });

  it('answers /apis with the legacy groups', () => {
    const served = new Map(builtInTable.groupVersions.map((each) => [each.groupVersion, each]));
    const groups = recorded('legacy-apis').groups.flatMap(
      (group: { versions: { groupVersion: string }[] }) => {
        const versions = group.versions.filter((version) => served.has(version.groupVersion));
        return versions.length > 0 ? [{ ...group, versions, preferredVersion: versions[0] }] : [];
      },
    );
    expect(body('/apis', 'application/json')).toEqual({ kind: 'APIGroupList', apiVersion: 'v1', groups });
  });

  it.each([
    ['kubectl', kubectl, 'APIGroupDiscoveryList'],
    [
      'parameters in another order',
      'application/json;v=v2;g=apidiscovery.k8s.io;as=APIGroupDiscoveryList',
      'APIGroupDiscoveryList',
    ],
    [
      'spaces',
      'application/json; g=apidiscovery.k8s.io; v=v2; as=APIGroupDiscoveryList',
      'APIGroupDiscoveryList',
    ],
    ['plain first', `application/json,${v2}`, 'APIGroupDiscoveryList'],
    ['worth little', `application/json,${v2};q=0.1`, 'APIGroupDiscoveryList'],
    ['worth nothing', `application/json;q=0.1,${v2};q=0`, 'APIVersions'],
    ['plain', 'application/json', 'APIVersions'],
    ['anything', '*/*', 'APIVersions'],
    ['nothing', undefined, 'APIVersions'],
    ['an unknown version, then plain', `${v2.replace('v=v2', 'v=v9')},application/json`, 'APIVersions'],
  ])('chooses the form for %s', (_name, accept, kind) => {
    expect(body('/api', accept).kind).toBe(kind);
  });

  it.each([
    ['autoscaling/v1', 'horizontalpodautoscalers', 'qwQve8ut294='],
    ['autoscaling/v2', 'horizontalpodautoscalers', 'qwQve8ut294='],
    ['events.k8s.io/v1', 'events', 'r2yiGXH7wu8='],
    ['authentication.k8s.io/v1', 'tokenreviews', undefined],
  ])('names in %s the version in which %s are kept, as kube-apiserver does', (groupVersion, name, hash) => {
    const { resources } = body(`/apis/${groupVersion}`);
    const found = resources.find((each: { name: string }) => each.name === name);
    expect(found.storageVersionHash).toBe(hash);
  });

  it('writes the aggregated form as YAML, too', () => {
    const document = discoveryDocument(builtInTable, '/apis', v2.replace('json', 'yaml'));
    expect(document?.contentType).toBe(v2.replace('json', 'yaml'));
    expect(parseYaml(document?.body ?? '')).toEqual(body('/apis', v2));
  });

  it('gives each form its own stable ETag', () => {
    const etags = [v2, 'application/json'].map(
      (accept) => discoveryDocument(builtInTable, '/apis', accept)?.etag,
    );
    expect(etags[0]).toMatch(/^"[0-9A-F]{128}"$/);
    expect(etags[0]).not.toBe(etags[1]);
    expect(discoveryDocument(builtInTable, '/apis', v2)?.etag).toBe(etags[0]);
  });

  it('has no document for a group that is not served', () => {
    for (const path of ['/apis/nope.io', '/apis/apps/v9', '/api/v2', '/apis/', '/']) {
      expect(discoveryDocument(builtInTable, path, undefined), path).toBeUndefined();
    }
  });

  it('answers one group', () => {
    const version = { groupVersion: 'apps/v1', version: 'v1' };
    const expected = {
      kind: 'APIGroup',
      apiVersion: 'v1',
      name: 'apps',
      versions: [version],
      preferredVersion: version,
    };
    expect(body('/apis/apps')).toEqual(expected);
  });
});
