import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/store/index.ts';
import { encodeKubeProtobuf } from '../../kube/encode-kube-protobuf.ts';
import { eventually, startCluster, type TestCluster } from '../support.ts';
import { cronTab, cronTabs, cronTabsPath, define, definitionsPath, established } from './cron-tab.ts';

const protobuf = { 'Content-Type': 'application/vnd.kubernetes.protobuf' };

const renamed = {
  ...cronTabs,
  metadata: { name: 'crontabs.proto.example.com' },
  spec: { ...cronTabs.spec, group: 'proto.example.com' },
};

const merge = { 'Content-Type': 'application/merge-patch+json' };
let cluster: TestCluster;

function otherSpec(plural: string, kind = 'Other', shortNames: readonly string[] = []) {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    group: 'other.example.com',
    scope: 'Cluster',
    names: { plural, kind, shortNames },
    versions: [{ name: 'v1', served: true, storage: true, schema }],
  };
}

beforeAll(async () => {
  cluster = await startCluster();
  await define(cluster, cronTabs);
});

afterAll(async () => {
  await cluster.close();
  expect(cluster.logged).toEqual([]);
});

describe('an established definition', () => {
  it('has its names, its stored version and its defaults', async () => {
    const definition = await established(cluster, cronTabs.metadata.name);
    expect(definition).toMatchObject({
      spec: { names: { singular: 'crontab', listKind: 'CronTabList' }, conversion: { strategy: 'None' } },
      status: {
        acceptedNames: { plural: 'crontabs', kind: 'CronTab', shortNames: ['ct'] },
        storedVersions: ['v1'],
        conditions: [
          { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
          { type: 'Established', status: 'True', reason: 'InitialNamesAccepted' },
        ],
      },
    });
  });

  it('may come as protobuf', async () => {
    const answer = await cluster.send(
      'POST',
      `${definitionsPath}?dryRun=All`,
      encodeKubeProtobuf(renamed),
      protobuf,
    );
    const asJson = await cluster.send('POST', `${definitionsPath}?dryRun=All`, renamed);
    expect(answer.json?.spec, answer.text).toEqual(asJson.json.spec);
  });

  it('is in discovery, the stable version first', async () => {
    const group = await cluster.send('GET', '/apis/stable.example.com');
    expect(group.json.versions.map((each: { version: string }) => each.version)).toEqual(['v1', 'v1beta1']);
    const { json } = await cluster.send('GET', '/apis/stable.example.com/v1');
    expect(json.resources).toMatchObject([
      { name: 'crontabs', singularName: 'crontab', kind: 'CronTab', shortNames: ['ct'], categories: ['all'] },
      { name: 'crontabs/status', kind: 'CronTab' },
      { name: 'crontabs/scale', group: 'autoscaling', version: 'v1', kind: 'Scale' },
    ]);
  });

  it('is in OpenAPI with what every object has', async () => {
    const index = await cluster.send('GET', '/openapi/v3');
    const { serverRelativeURL } = JSON.parse(index.text).paths['apis/stable.example.com/v1'];
    const { json } = await cluster.send('GET', serverRelativeURL);
    const schema = json.components.schemas['com.example.stable.v1.CronTab'];
    expect(Object.keys(schema.properties).toSorted()).toEqual([
      'apiVersion',
      'kind',
      'metadata',
      'spec',
      'status',
    ]);
    expect(schema['x-kubernetes-group-version-kind']).toEqual([
      { group: 'stable.example.com', kind: 'CronTab', version: 'v1' },
    ]);
    expect(json.components.schemas).toHaveProperty(['com.example.stable.v1.CronTabList']);
  });

  it('changes the ETag of discovery', async () => {
    const v2 = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
    const etag = async () =>
      (await cluster.send('GET', '/apis', undefined, { Accept: v2 })).headers.get('etag');
    const before = await etag();
    await define(cluster, {
      ...cronTabs,
      metadata: { name: 'others.other.example.com' },
      spec: otherSpec('others'),
    });
    expect(await etag()).not.toBe(before);
  });
});

describe('names', () => {
  it('are granted to who comes first, and free again when it goes', async () => {
    await define(cluster, {
      ...cronTabs,
      metadata: { name: 'firsts.other.example.com' },
      spec: otherSpec('firsts', 'First', ['f']),
    });
    const spec = otherSpec('seconds', 'First', ['f']);
    await cluster.send('POST', definitionsPath, {
      ...cronTabs,
      metadata: { name: 'seconds.other.example.com' },
      spec,
    });
    const second = `${definitionsPath}/seconds.other.example.com`;
    const refused = await eventually(async () => {
      const { json } = await cluster.send('GET', second);
      return json.status.conditions?.length > 0 ? json.status.conditions : undefined;
    });
    expect(refused).toMatchObject([
      {
        type: 'NamesAccepted',
        status: 'False',
        reason: 'ListKindConflict',
        message: '"FirstList" is already in use',
      },
      { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' },
    ]);
    expect((await cluster.send('GET', '/apis/other.example.com/v1/seconds')).code).toBe(404);
    await cluster.send('DELETE', `${definitionsPath}/firsts.other.example.com`);
    await established(cluster, 'seconds.other.example.com');
  });
});

describe('deleting a definition', () => {
  it('waits for its objects, among which nothing new comes', async () => {
    await define(cluster, {
      ...cronTabs,
      metadata: { name: 'lasts.other.example.com' },
      spec: otherSpec('lasts', 'Last'),
    });
    const path = '/apis/other.example.com/v1/lasts';
    const last = {
      apiVersion: 'other.example.com/v1',
      kind: 'Last',
      metadata: { name: 'a', finalizers: ['example.com/x'] },
    };
    await cluster.send('POST', path, last);
    const deleted = await cluster.send('DELETE', `${definitionsPath}/lasts.other.example.com`);
    expect(deleted.json.metadata.finalizers).toEqual(['customresourcecleanup.apiextensions.k8s.io']);
    const refused = await cluster.send('POST', path, { ...last, metadata: { name: 'b' } });
    expect(refused.code).toBe(405);
    expect(refused.json.message).toBe('create not allowed while custom resource definition is terminating');
    await eventually(async () => (await cluster.send('GET', `${path}/a`)).json.metadata.deletionTimestamp);
    await cluster.send('PATCH', `${path}/a`, { metadata: { finalizers: null } }, merge);
    await eventually(async () =>
      (await cluster.send('GET', `${definitionsPath}/lasts.other.example.com`)).code === 404
        ? true
        : undefined,
    );
    expect((await cluster.send('GET', path)).code).toBe(404);
  });
});

describe('a restart', () => {
  it('serves what was defined before', async () => {
    const store = createMemoryStore();
    const before = await startCluster({ store });
    await define(before, cronTabs);
    await before.send('POST', cronTabsPath, cronTab('kept'));
    await before.close();
    const after = await startCluster({ store });
    const { json } = await after.send('GET', `${cronTabsPath}/kept`);
    expect(json.spec.cronSpec).toBe('* * * * */5');
    await after.close();
  });
});
