import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configMap, startCluster, type TestCluster } from '../support.ts';

const path = '/api/v1/namespaces/kube-public/configmaps';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster();
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    await cluster.send(
      'POST',
      path,
      configMap(name, { k: name }, { labels: { odd: String('ace'.includes(name)) } }),
    );
  }
});
afterEach(() => cluster.close());

function names(list: { items: { metadata: { name: string } }[] }): string[] {
  return list.items.map(({ metadata }) => metadata.name);
}

const own = `${path}?labelSelector=odd`;

describe('paging a list', () => {
  it('gives every object once, from the snapshot of the first page', async () => {
    const first = await cluster.send('GET', `${path}?limit=2`);
    expect(names(first.json)).toEqual(['a', 'b']);
    expect(first.json.metadata.remainingItemCount).toBe(4);
    await cluster.send('DELETE', `${path}/d`);
    await cluster.send('POST', path, configMap('bb'));
    const token = encodeURIComponent(first.json.metadata.continue);
    const second = await cluster.send('GET', `${path}?limit=10&continue=${token}`);
    expect(names(second.json)).toEqual(['c', 'd', 'e', 'kube-root-ca.crt']);
    expect(second.json.metadata.resourceVersion).toBe(first.json.metadata.resourceVersion);
    expect(second.json.metadata.continue).toBeUndefined();
  });

  it('fills pages behind a selector and does not say how many remain', async () => {
    const first = await cluster.send('GET', `${path}?limit=2&labelSelector=odd%3Dtrue`);
    expect(names(first.json)).toEqual(['a', 'c']);
    expect(first.json.metadata.remainingItemCount).toBeUndefined();
    const token = encodeURIComponent(first.json.metadata.continue);
    const second = await cluster.send('GET', `${path}?limit=2&labelSelector=odd%3Dtrue&continue=${token}`);
    expect(names(second.json)).toEqual(['e']);
    expect(second.json.metadata.continue).toBeUndefined();
  });

  it('S-238 answers 410 with a token for the rest when the snapshot is gone', async () => {
    const first = await cluster.send('GET', `${path}?limit=2`);
    await cluster.send('POST', path, configMap('bb'));
    await cluster.store.compact(await cluster.store.revision());
    const old = encodeURIComponent(first.json.metadata.continue);
    const gone = await cluster.send('GET', `${path}?limit=2&continue=${old}`);
    expect([gone.code, gone.json.reason]).toEqual([410, 'Expired']);
    const fresh = encodeURIComponent(gone.json.metadata.continue);
    const rest = await cluster.send('GET', `${path}?limit=2&continue=${fresh}`);
    expect(names(rest.json)).toEqual(['bb', 'c']);
  });

  it.each([
    ['rv with continue', `${path}?continue=TOKEN&resourceVersion=5`, 400],
    ['a climbing key', `${path}?continue=${token('/../../secrets/x\u0000')}`, 400],
    ['a dotted end', `${path}?continue=${token('/x/..\u0000')}`, 400],
    [
      'another version',
      `${path}?continue=${Buffer.from('{"v":"x","rv":1,"start":"/a"}').toString('base64url')}`,
      400,
    ],
    ['a zero revision', `${path}?continue=${token('/a\u0000', 0)}`, 400],
    ['a number as key', `${path}?continue=${token(5)}`, 400],
  ])('S-238 refuses a continue token: %s', async (_, target, code) => {
    const first = await cluster.send('GET', `${path}?limit=2`);
    const answer = await cluster.send('GET', target.replace('TOKEN', first.json.metadata.continue));
    expect(answer.code).toBe(code);
  });
});

function token(start: unknown, rv = 3): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv, start })).toString('base64url');
}

describe('resourceVersion of a list', () => {
  it('reads the past with Exact, and with a limit', async () => {
    const before = (await cluster.send('GET', own)).json.metadata.resourceVersion;
    await cluster.send('DELETE', `${path}/a`);
    const exact = await cluster.send('GET', `${own}&resourceVersion=${before}&resourceVersionMatch=Exact`);
    expect(names(exact.json)).toContain('a');
    const limited = await cluster.send('GET', `${own}&resourceVersion=${before}&limit=1`);
    expect(names(limited.json)).toEqual(['a']);
    const newer = await cluster.send('GET', `${own}&resourceVersion=${before}`);
    expect(names(newer.json)).not.toContain('a');
  });

  it('answers 410 to an exact revision that is compacted', async () => {
    const before = (await cluster.send('GET', path)).json.metadata.resourceVersion;
    await cluster.send('DELETE', `${path}/a`);
    await cluster.store.compact(await cluster.store.revision());
    const gone = await cluster.send('GET', `${path}?resourceVersion=${before}&resourceVersionMatch=Exact`);
    expect([gone.code, gone.json.message]).toEqual([
      410,
      'The resourceVersion for the provided list is too old.',
    ]);
  });

  it.each([
    ['resourceVersion=0', 200],
    ['resourceVersion=99999', 504],
    ['resourceVersion=99999&resourceVersionMatch=Exact', 504],
    ['resourceVersion=0&resourceVersionMatch=Exact', 422],
    ['resourceVersion=1&resourceVersionMatch=Bogus', 422],
    ['sendInitialEvents=true', 422],
  ])('%s → %i', async (query, code) => {
    expect((await cluster.send('GET', `${path}?${query}`)).code).toBe(code);
  });
});

describe('selectors', () => {
  it.each([
    ['labelSelector=odd%3Dtrue', ['a', 'c', 'e']],
    ['labelSelector=odd%20notin%20(true),odd', ['b', 'd']],
    ['fieldSelector=metadata.name%3Db', ['b']],
    [
      'fieldSelector=metadata.name!%3Db,metadata.namespace%3Dkube-public&labelSelector=odd',
      ['a', 'c', 'd', 'e'],
    ],
  ])('%s', async (query, expected) => {
    expect(names((await cluster.send('GET', `${path}?${query}`)).json)).toEqual(expected);
  });

  it.each([
    ['pods', 'spec.nodeName', ''],
    ['pods', 'status.phase', 'Pending'],
    ['pods', 'spec.restartPolicy', 'Always'],
    ['services', 'spec.type', 'ClusterIP'],
    ['secrets', 'type', 'Opaque'],
  ])('%s can be selected by %s', async (resource, field, value) => {
    const base = `/api/v1/namespaces/kube-public/${resource}`;
    const spec =
      resource === 'pods' ? { containers: [{ name: 'c', image: 'i' }] } : { ports: [{ port: 80 }] };
    const created = await cluster.send('POST', base, {
      metadata: { name: 'x' },
      ...(resource === 'secrets' ? {} : { spec }),
    });
    expect(created.code).toBe(201);
    const matching = await cluster.send('GET', `${base}?fieldSelector=${field}%3D${value}`);
    expect(names(matching.json)).toEqual(['x']);
    const others = await cluster.send('GET', `${base}?fieldSelector=${field}!%3D${value}`);
    expect(names(others.json)).toEqual([]);
  });
});

describe('representations', () => {
  it('shows a list as a Table', async () => {
    const headers = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
    const { json } = await cluster.send('GET', `${path}?limit=1`, undefined, headers);
    expect(json.kind).toBe('Table');
    expect(json.metadata.continue).toBeTypeOf('string');
    expect(json.rows[0].cells.slice(0, 2)).toEqual(['a', 1]);
    expect(json.rows[0].object.kind).toBe('PartialObjectMetadata');
  });

  it('puts full objects into the rows on request', async () => {
    const headers = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
    const { json } = await cluster.send('GET', `${path}/a?includeObject=Object`, undefined, headers);
    expect(json.rows[0].object).toMatchObject({ kind: 'ConfigMap', data: { k: 'a' } });
    expect((await cluster.send('GET', `${path}?includeObject=All`, undefined, headers)).code).toBe(400);
  });

  it('shows metadata only', async () => {
    const headers = { Accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' };
    const { json } = await cluster.send('GET', path, undefined, headers);
    expect(json.kind).toBe('PartialObjectMetadataList');
    expect(Object.keys(json.items[0])).toEqual(['kind', 'apiVersion', 'metadata']);
  });

  it.each([
    ['application/vnd.kubernetes.protobuf,application/json', 200],
    ['application/vnd.kubernetes.protobuf', 406],
    ['application/json;as=Bogus;g=meta.k8s.io;v=v1', 406],
    ['application/json;as=Bogus;g=meta.k8s.io;v=v1,*/*', 200],
    ['text/html,*/*;q=0.1', 200],
    ['*/*;q=0', 406],
    ['', 200],
  ])('Accept %s → %i', async (accept, code) => {
    expect((await cluster.send('GET', path, undefined, { Accept: accept })).code).toBe(code);
  });

  it('indents for people and for ?pretty, not for programs', async () => {
    const curl = await cluster.send('GET', path, undefined, { 'User-Agent': 'curl/8.0' });
    expect(curl.text).toMatch(/^\{\n {2}"kind": "ConfigMapList"/);
    expect((await cluster.send('GET', `${path}?pretty=true`)).text).toMatch(/^\{\n {2}/);
    const plain = await cluster.send('GET', `${path}?pretty=false`, undefined, { 'User-Agent': 'curl/8.0' });
    expect(plain.text).toMatch(/^\{"kind"/);
  });

  it('lists items of all namespaces without kind and apiVersion', async () => {
    const { json } = await cluster.send(
      'GET',
      '/api/v1/configmaps?fieldSelector=metadata.name%3Dkube-root-ca.crt',
    );
    const namespaces = json.items.map((item: { metadata: { namespace: string } }) => item.metadata.namespace);
    expect(namespaces).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system']);
    expect(json.items[0].kind).toBeUndefined();
  });
});
