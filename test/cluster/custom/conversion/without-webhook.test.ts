import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, startCluster, type TestCluster } from '../../support.ts';
import { define, definitionsPath } from '../cron-tab.ts';
import { betaHostPort, betaPath, hostPort, hostPorts, v1Path, versionsKeptIn } from './host-port.ts';

const merge = { 'Content-Type': 'application/merge-patch+json' };
const nowhere = { url: 'https://127.0.0.1:1/convert', caBundle: '' };
const definition = `${definitionsPath}/hostports.conv.example.com`;
let cluster: TestCluster;

const isGone = async (path: string) => (await cluster.send('GET', path)).code === 404 || undefined;

beforeAll(async () => {
  cluster = await startCluster();
});

afterAll(async () => {
  await cluster.close();
  expect(cluster.logged).toEqual([]);
});

describe('a webhook that is not there', () => {
  it('is missed by who wants another version, and by nobody else', async () => {
    await define(cluster, hostPorts(nowhere));
    expect((await cluster.send('POST', betaPath, betaHostPort('a'))).code).toBe(201);
    const { code, json } = await cluster.send('GET', `${v1Path}/a`);
    expect(code).toBe(500);
    expect(json.message).toBe(
      'conversion webhook for conv.example.com/v1beta1, Kind=HostPort failed: ' +
        'Post "https://127.0.0.1:1/convert?timeout=30s": dial tcp 127.0.0.1:1: connect: connection refused',
    );
    expect((await cluster.send('PUT', `${betaPath}/a`, betaHostPort('absent'))).code).toBe(400);
    expect((await cluster.send('GET', `${betaPath}/a`)).code).toBe(200);
    expect((await cluster.send('GET', `${v1Path}?resourceVersion=999999`)).code).toBe(504);
  });

  it('holds up no cleaning: of namespaces, of what was owned, of the definition', async () => {
    await cluster.send('POST', '/api/v1/namespaces', { metadata: { name: 'gone' } });
    await cluster.send('POST', betaPath.replace('default', 'gone'), betaHostPort('b'));
    await cluster.send('DELETE', '/api/v1/namespaces/gone');
    await eventually(() => isGone('/api/v1/namespaces/gone'));
    const { json: owner } = await cluster.send('POST', betaPath, betaHostPort('owner'));
    const { json: other } = await cluster.send('POST', betaPath, betaHostPort('other'));
    const ownedBy = ({ metadata }: { metadata: { name: string; uid: string } }) => ({
      apiVersion: 'conv.example.com/v1',
      kind: 'HostPort',
      name: metadata.name,
      uid: metadata.uid,
    });
    const owned = (name: string, ownerReferences: object[]) =>
      cluster.send('POST', betaPath, betaHostPort(name, {}, { ownerReferences }));
    await owned('owned', [ownedBy(owner)]);
    await owned('shared', [ownedBy(owner), ownedBy(other)]);
    await cluster.send('DELETE', `${betaPath}/owner`);
    await eventually(() => isGone(`${betaPath}/owned`));
    const left = await eventually(async () => {
      const { json } = await cluster.send('GET', `${betaPath}/shared`);
      return json.metadata.ownerReferences.length === 1 ? json : undefined;
    });
    expect(left.spec).toMatchObject({ hostPort: 'a:1', old: 'beta' });
    // Kept in a version that is not the storage version any more.
    await cluster.send('PATCH', definition, { spec: { versions: versionsKeptIn('v1') } }, merge);
    await cluster.send('DELETE', definition);
    await eventually(() => isGone(definition));
    expect([...(await cluster.store.list('/registry/conv.example.com/')).entries]).toEqual([]);
  });
});

describe('versions that differ by their apiVersion alone', () => {
  it('have the defaults of the version that is kept, and need it', async () => {
    const { conversion: _, ...spec } = hostPorts(nowhere).spec;
    await define(cluster, { ...hostPorts(nowhere), spec });
    await cluster.send('POST', betaPath, betaHostPort('plain'));
    const stable = await cluster.send('GET', `${v1Path}/plain`);
    expect(stable.json).toMatchObject({ apiVersion: 'conv.example.com/v1', spec: { replicas: 1 } });
    expect(stable.json.spec).not.toHaveProperty('old');
    // v1's own default is not one of what was written in v1beta1.
    expect(stable.json.spec).not.toHaveProperty('fresh');
    await cluster.send('PATCH', definition, { spec: { versions: versionsKeptIn('v1') } }, merge);
    const migrated = await cluster.send('PUT', `${v1Path}/plain`, stable.json);
    expect(migrated.json.spec).toHaveProperty('fresh');
    await cluster.send('POST', betaPath, betaHostPort('late'));
    const onlyStable = versionsKeptIn('v1').filter(({ name }) => name === 'v1');
    const key = '/registry/conv.example.com/hostports/default/late';
    const entry = await cluster.store.get(key);
    const value = (entry?.value ?? '').replace('conv.example.com/v1"', 'conv.example.com/v1alpha1"');
    await cluster.store.txn([], [{ type: 'put', key, value }]);
    const { code, json } = await cluster.send('GET', `${v1Path}/late`);
    expect([code, json.message]).toEqual([
      500,
      'request to convert CR from an invalid group/version: conv.example.com/v1alpha1',
    ]);
    const removed = await cluster.send('PATCH', definition, { spec: { versions: onlyStable } }, merge);
    expect(removed.json.message).toContain(
      'status.storedVersions[0]: Invalid value: "v1beta1": missing from',
    );
    await cluster.send('PATCH', `${definition}/status`, { status: { storedVersions: ['v1'] } }, merge);
    expect((await cluster.send('PATCH', definition, { spec: { versions: onlyStable } }, merge)).code).toBe(
      200,
    );
    expect((await cluster.send('GET', `${v1Path}/plain`)).json.spec).toEqual(migrated.json.spec);
    expect((await cluster.send('POST', v1Path, hostPort('new'))).code).toBe(201);
  });
});
