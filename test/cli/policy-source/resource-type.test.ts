import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { discoverResources } from '../../../src/cli/policy-source/discover-resources.ts';
import { findResourceType } from '../../../src/cli/policy-source/resource-type.ts';
import { standardResources } from '../../../src/cli/policy-source/standard-resources.ts';
import type { ApiClient } from '../../../src/kubeconfig/index.ts';

const DISCOVERY = resolve(import.meta.dirname, '../../corpus/cluster/discovery');

function serverOf(documents: (path: string) => unknown): ApiClient {
  const refuse = () => Promise.reject(new Error('discovery only reads'));
  return {
    get: async (path) => documents(path),
    post: refuse,
    patch: refuse,
    delete: refuse,
    close: async () => {},
  };
}

const recorded = serverOf((path) =>
  JSON.parse(readFileSync(`${DISCOVERY}/v2-${path.slice(1)}.json`, 'utf8')),
);

describe('the standard resources', () => {
  it('are those that a real kube-apiserver lists, in its order', async () => {
    const found = (await discoverResources(recorded)) ?? [];
    const sorted = found.map((type) => ({ ...type, subresources: [...type.subresources].sort() }));
    expect(standardResources).toEqual(sorted);
  });
});

describe('discovery', () => {
  it('is undefined for a server without the aggregated form', async () => {
    expect(
      await discoverResources(serverOf(() => ({ kind: 'APIVersions', versions: ['v1'] }))),
    ).toBeUndefined();
  });

  it('merges the versions of a resource and takes a missing singular from the kind', async () => {
    const resource = { resource: 'widgets', responseKind: { kind: 'Widget' }, scope: 'Namespaced' };
    const document = {
      kind: 'APIGroupDiscoveryList',
      items: [
        {
          metadata: { name: 'example.com' },
          versions: [
            { version: 'v1', resources: [resource] },
            { version: 'v1beta1', resources: [resource] },
          ],
        },
      ],
    };
    const types = await discoverResources(
      serverOf((path) => (path === '/api' ? { ...document, items: [] } : document)),
    );
    expect(types).toEqual([
      {
        group: 'example.com',
        versions: ['v1', 'v1beta1'],
        plural: 'widgets',
        singular: 'widget',
        shortNames: [],
        namespaced: true,
        subresources: [],
      },
    ]);
  });
});

describe('a name on the command line', () => {
  it.each([
    ['pods', 'pods', ''],
    ['pod', 'pods', ''],
    ['po', 'pods', ''],
    ['PODS', 'pods', ''],
    ['Deployment', 'deployments', 'apps'],
    ['deploy', 'deployments', 'apps'],
    ['deploy.apps', 'deployments', 'apps'],
    ['deployments.v1.apps', 'deployments', 'apps'],
    ['deployments.app', 'deployments', 'apps'],
    ['hpa.v2.autoscaling', 'horizontalpodautoscalers', 'autoscaling'],
    ['hpa.v1.autoscaling', 'horizontalpodautoscalers', 'autoscaling'],
    ['events', 'events', ''],
    ['ev', 'events', ''],
    ['events.events.k8s.io', 'events', 'events.k8s.io'],
    ['netpol', 'networkpolicies', 'networking.k8s.io'],
    ['networkpolicy.networking.k8s.io', 'networkpolicies', 'networking.k8s.io'],
    ['roles.rbac.authorization.k8s.io', 'roles', 'rbac.authorization.k8s.io'],
    ['crd', 'customresourcedefinitions', 'apiextensions.k8s.io'],
  ])('%s means %s of "%s"', (text, plural, group) => {
    expect(findResourceType(standardResources, text)).toMatchObject({ plural, group });
  });

  it.each(['pod.apps', 'widgets', 'deployments.v7.apps', '', 'pods/log'])('"%s" means nothing', (text) => {
    expect(findResourceType(standardResources, text)).toBeUndefined();
  });
});
