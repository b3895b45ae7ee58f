import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/cluster/index.ts';
import { cronTabs, define, definitionsPath } from '../custom/cron-tab.ts';
import { eventually, startCluster, type TestCluster } from '../support.ts';

const path = '/apis/apiregistration.k8s.io/v1/apiservices';
interface ApiService extends KubeObject {
  readonly spec: { readonly group?: string; readonly groupPriorityMinimum: number };
}

interface Group {
  readonly name: string;
  readonly versions: readonly { readonly version: string }[];
}

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.close());

async function there(name: string): Promise<KubeObject | undefined> {
  const { code, json } = await cluster.send('GET', `${path}/${name}`);
  return code === 200 ? json : undefined;
}

async function gone(name: string): Promise<true | undefined> {
  return (await there(name)) === undefined ? true : undefined;
}

describe('APIServices', () => {
  it('are there from the beginning: one a group version, in the order in which discovery lists them', async () => {
    const { items } = (await cluster.send('GET', path)).json as { items: ApiService[] };
    const groups = ((await cluster.send('GET', '/apis')).json.groups as Group[]).filter(
      ({ name }) => name !== 'apiregistration.k8s.io',
    );
    const served = groups.flatMap(({ name, versions }) =>
      versions.map(({ version }) => `${version}.${name}`),
    );
    expect(items.map(({ metadata }) => metadata.name).toSorted()).toEqual(['v1.', ...served].toSorted());
    const priorities = new Map(items.map(({ spec }) => [spec.group, spec.groupPriorityMinimum]));
    const inOrder = groups.map(({ name }) => priorities.get(name) ?? 0);
    expect(inOrder).toEqual(inOrder.toSorted((x, y) => y - x));
    expect(await there('v1.apps')).toMatchObject({
      metadata: { labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } },
      spec: { group: 'apps', version: 'v1', groupPriorityMinimum: 17_800, versionPriority: 15 },
      status: {
        conditions: [
          {
            type: 'Available',
            status: 'True',
            reason: 'Local',
            message: 'Local APIServices are always available',
          },
        ],
      },
    });
  });

  it('come back when somebody deletes them', async () => {
    const before = await there('v1.batch');
    await cluster.send('DELETE', `${path}/v1.batch`);
    const after = await eventually(() => there('v1.batch'));
    expect(after.metadata.uid).not.toBe(before?.metadata.uid);
    expect(after['spec']).toEqual(before?.['spec']);
  });

  it('come and go with the versions of custom resources', async () => {
    await define(cluster, cronTabs);
    const mine = await eventually(() => there('v1.stable.example.com'));
    expect(mine.metadata.labels).toEqual({ 'kube-aggregator.kubernetes.io/automanaged': 'true' });
    expect(mine['spec']).toEqual({
      group: 'stable.example.com',
      version: 'v1',
      groupPriorityMinimum: 1000,
      versionPriority: 100,
    });
    await cluster.send('DELETE', `${definitionsPath}/crontabs.stable.example.com`);
    expect(await eventually(() => gone('v1.stable.example.com'))).toBe(true);
  });

  it('that somebody has made for a server elsewhere stay as they are', async () => {
    const elsewhere = {
      metadata: { name: 'v1.elsewhere.example' },
      spec: {
        group: 'elsewhere.example',
        version: 'v1',
        groupPriorityMinimum: 1000,
        versionPriority: 15,
        service: { namespace: 'default', name: 'elsewhere' },
      },
    };
    expect((await cluster.send('POST', path, elsewhere)).code).toBe(201);
    await cluster.send('DELETE', `${path}/v1.policy`);
    await eventually(() => there('v1.policy'));
    expect(await there('v1.elsewhere.example')).toMatchObject({ spec: { service: { name: 'elsewhere' } } });
  });
});
