import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/cluster/index.ts';
import { cronTab, cronTabs, cronTabsPath, define, definitionsPath } from '../custom/cron-tab.ts';
import { configMap, startCluster, type TestCluster } from '../support.ts';

const leasesPath = '/apis/coordination.k8s.io/v1/namespaces/default/leases';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startCluster();
  await define(cluster, cronTabs);
  await cluster.send('POST', cronTabsPath, cronTab('one'));
  await cluster.send('POST', leasesPath, { metadata: { name: 'one' }, spec: { holderIdentity: 'a' } });
});
afterAll(() => cluster.close());

async function replaceWithout(path: string, resourceVersion?: string) {
  const { json } = await cluster.send('GET', path);
  const metadata = { ...(json as KubeObject).metadata, resourceVersion };
  return cluster.send('PUT', path, { ...json, metadata });
}

describe('S-266 a PUT that does not say which revision it replaces', () => {
  it.each([
    ['crontabs.stable.example.com', `${cronTabsPath}/one`],
    ['crontabs.stable.example.com', `${cronTabsPath}/one/status`],
    ['customresourcedefinitions.apiextensions.k8s.io', `${definitionsPath}/${cronTabs.metadata.name}`],
    ['leases.coordination.k8s.io', `${leasesPath}/one`],
  ])('is refused for %s', async (resource, path) => {
    const name = path
      .replace(/\/status$/, '')
      .split('/')
      .at(-1);
    for (const none of [undefined, '', '0']) {
      const { code, json } = await replaceWithout(path, none);
      expect([code, json.message]).toEqual([
        422,
        `${resource} "${name}" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update`,
      ]);
    }
  });

  it('is accepted with it', async () => {
    const { json } = await cluster.send('GET', `${cronTabsPath}/one`);
    expect((await cluster.send('PUT', `${cronTabsPath}/one`, json)).code).toBe(200);
  });

  it('is accepted for a scale, which leaves the rest as it is', async () => {
    expect((await replaceWithout(`${cronTabsPath}/one/scale`)).code).toBe(200);
  });

  it('is accepted for most kinds', async () => {
    const path = '/api/v1/namespaces/default/configmaps';
    await cluster.send('POST', path, configMap('one'));
    expect((await replaceWithout(`${path}/one`)).code).toBe(200);
  });

  it('finds nothing where nothing is', async () => {
    const { code } = await cluster.send('PUT', `${cronTabsPath}/absent`, cronTab('absent'));
    expect(code).toBe(404);
  });
});
