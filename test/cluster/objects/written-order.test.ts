import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCluster, type TestCluster } from '../support.ts';

const path = '/api/v1/namespaces/default/services';
const scrambled = {
  spec: { selector: { b: '2', a: '1' }, ports: [{ port: 80, name: 'http' }], clusterIP: 'None' },
  metadata: { labels: { z: '1', y: '2' }, name: 'web' },
  kind: 'Service',
  apiVersion: 'v1',
};

describe('objects', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster.close());

  const ordered = (text: string) => [
    Object.keys(JSON.parse(text)),
    Object.keys(JSON.parse(text).metadata).slice(0, 4),
    Object.keys(JSON.parse(text).metadata.labels),
    Object.keys(JSON.parse(text).spec).slice(0, 5),
    Object.keys(JSON.parse(text).spec.ports[0]),
    Object.keys(JSON.parse(text).spec.selector),
  ];
  const asGoWrites = [
    ['kind', 'apiVersion', 'metadata', 'spec', 'status'],
    ['name', 'namespace', 'uid', 'resourceVersion'],
    ['y', 'z'],
    ['ports', 'selector', 'clusterIP', 'clusterIPs', 'type'],
    ['name', 'protocol', 'port', 'targetPort'],
    ['a', 'b'],
  ];

  it('are written and read in the order of their types, whatever the order in which they came', async () => {
    const created = await cluster.send('POST', path, scrambled);
    expect([created.code, ordered(created.text)]).toEqual([201, asGoWrites]);
    const replaced = await cluster.send('PUT', `${path}/web`, { ...scrambled, data: undefined });
    expect([replaced.code, ordered(replaced.text)]).toEqual([200, asGoWrites]);
    expect(ordered((await cluster.send('GET', `${path}/web`)).text)).toEqual(asGoWrites);
  });

  it('are tried in that order, too', async () => {
    const tried = await cluster.send('POST', `${path}?dryRun=All`, {
      ...scrambled,
      metadata: { ...scrambled.metadata, name: 'tried' },
    });
    const [first, , ...rest] = ordered(tried.text);
    expect([first, ...rest]).toEqual([asGoWrites[0], ...asGoWrites.slice(2)]);
  });

  it('keep names that are no fields of objects elsewhere', async () => {
    const data = '{"metadata":{"name":"odd"},"data":{"__proto__":"a","constructor":"b"}}';
    const { text } = await cluster.send('POST', '/api/v1/namespaces/default/configmaps', data);
    expect(text).toContain('"data":{"__proto__":"a","constructor":"b"}');
  });
});
