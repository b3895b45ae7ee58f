import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtInTable, groupVersionOf, type ResourceType } from '../../src/cluster/resources/index.ts';
import { encodeKubeProtobuf } from '../kube/encode-kube-protobuf.ts';
import { sampleNames, samples } from './samples.ts';
import { startCluster, type TestCluster } from './support.ts';

// Definitions are worked on as soon as they are there: they have tests of their own.
const listable = builtInTable.types.filter(
  ({ group, verbs }) =>
    group !== 'apiextensions.k8s.io' && verbs.includes('create') && verbs.includes('list'),
);
const keyOf = (type: ResourceType) => `${type.group}/${type.version}/${type.resource}`;
const protobuf = { 'Content-Type': 'application/vnd.kubernetes.protobuf' };
const merge = { 'Content-Type': 'application/merge-patch+json' };
const asTable = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };

function collectionOf(type: ResourceType): string {
  const root = type.group === '' ? `/api/${type.version}` : `/apis/${groupVersionOf(type)}`;
  return `${root}/${type.namespaced ? 'namespaces/default/' : ''}${type.resource}`;
}

describe('every kind', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster.close());

  it.each(listable.map((type) => [keyOf(type), type] as const))('%s lives', async (key, type) => {
    const sample = samples[key];
    const name = sampleNames[key] ?? 'sample';
    const path = `${collectionOf(type)}/${name}`;
    expect(sample, `no sample of ${key}`).toBeDefined();
    const object = { apiVersion: groupVersionOf(type), kind: type.kind, metadata: { name }, ...sample };

    const strict = await cluster.send(
      'POST',
      `${collectionOf(type)}?dryRun=All&fieldValidation=Strict`,
      object,
    );
    expect(strict.code, strict.text).toBe(201);
    const created = await cluster.send('POST', collectionOf(type), encodeKubeProtobuf(object), protobuf);
    expect(created.code, created.text).toBe(201);
    expect(withoutMeta(created.json)).toEqual(withoutMeta(strict.json));
    expect((await cluster.send('POST', collectionOf(type), object)).json.reason).toBe('AlreadyExists');

    const { json: read } = await cluster.send('GET', path);
    expect(read).toEqual(created.json);
    const { json: table } = await cluster.send('GET', collectionOf(type), undefined, asTable);
    expect(table.columnDefinitions[0].name).toBe(type.resource === 'events' ? 'Last Seen' : 'Name');
    expect(JSON.stringify(table.rows)).toContain(name);

    // A write that changes nothing leaves the revision, whatever defaults the kind has.
    const same = await cluster.send('PUT', path, read);
    expect([same.code, same.json.metadata.resourceVersion]).toEqual([200, read.metadata.resourceVersion]);
    const labelled = await cluster.send('PATCH', path, { metadata: { labels: { a: 'b' } } }, merge);
    expect(labelled.json.metadata.labels, labelled.text).toMatchObject({ a: 'b' });
    expect(labelled.json.metadata.generation).toBe(type.hasGeneration ? 1 : undefined);

    expect((await cluster.send('DELETE', path)).code).toBe(200);
  });

  it('has no sample of what is not served', () => {
    const served = new Set(listable.map(keyOf));
    expect(Object.keys(samples).filter((key) => !served.has(key))).toEqual([]);
  });

  it('knows who asks for a certificate, whatever the request says', async () => {
    const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
    const sample = samples['certificates.k8s.io/v1/certificatesigningrequests'] as { spec: object };
    const forged = { ...sample.spec, username: 'system:node:n', groups: ['system:nodes'], uid: '1' };
    const { json } = await cluster.send('POST', path, { metadata: { name: 'forged' }, spec: forged });
    expect(json.spec).toEqual({
      ...sample.spec,
      username: 'system:admin',
      groups: ['system:masters', 'system:authenticated'],
    });
    const apply = { 'Content-Type': 'application/apply-patch+yaml' };
    const applied = await cluster.send(
      'PATCH',
      `${path}/applied?fieldManager=a`,
      {
        apiVersion: 'certificates.k8s.io/v1',
        kind: 'CertificateSigningRequest',
        metadata: { name: 'applied' },
        spec: forged,
      },
      apply,
    );
    expect([applied.code, applied.json.spec?.username], applied.text).toEqual([201, 'system:admin']);
  });

  it('says of a kind that nothing takes notice of that it has no effect', async () => {
    const path = '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas';
    const { headers } = await cluster.send('POST', path, {
      metadata: { name: 'guard' },
      ...samples['flowcontrol.apiserver.k8s.io/v1/flowschemas'],
    });
    expect(headers.get('warning')).toBe(
      '299 - "this FlowSchema has no effect: the embedded API stores it, but requests are not queued by it"',
    );
    expect(
      (await cluster.send('POST', '/api/v1/namespaces', { metadata: { name: 'n' } })).headers.get('warning'),
    ).toBeNull();
  });
});

/** Without what the server makes up anew each time. */
function withoutMeta({ metadata: _, ...rest }: Record<string, unknown>): unknown {
  const text = JSON.stringify(rest)
    .replaceAll(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g, '<uid>')
    .replaceAll(/kube-api-access-\w{5}/g, 'kube-api-access')
    .replaceAll(/"10\.(?:9[6-9]|1[01]\d)\.\d+\.\d+"/g, '"<address>"');
  return JSON.parse(text);
}
