import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openapiV2PartOf } from '../../../src/cluster/openapi/index.ts';
import { coreType } from '../../../src/cluster/resources/index.ts';
import { openReader, readTag, readVarint } from '../../../src/kube/protobuf/wire-reader.ts';
import { cronTabs, define } from '../custom/cron-tab.ts';
import { startCluster, type TestAnswer, type TestCluster } from '../support.ts';

const json = 'application/json';
/** What kubectl asks for, and how the answer is called, since the first is no valid media type. */
const asked = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
const answered = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

const cronTab = 'com.example.stable.v1.CronTab';

describe('/openapi/v2', () => {
  let cluster: TestCluster;
  // biome-ignore lint/suspicious/noExplicitAny: a document of many shapes
  let document: any;
  let bytes: Buffer;

  const ask = (accept: string, headers: Record<string, string> = {}): Promise<TestAnswer> =>
    cluster.send('GET', '/openapi/v2', undefined, { Accept: accept, ...headers });

  beforeAll(async () => {
    cluster = await startCluster();
    await define(cluster, cronTabs);
    document = (await ask(json)).json;
    const response = await fetch(`${cluster.url}/openapi/v2`, { headers: { Accept: asked } });
    expect(response.headers.get('content-type')).toBe(answered);
    bytes = Buffer.from(await response.arrayBuffer());
  });
  afterAll(() => cluster.close());

  it.each([
    ['', json],
    ['*/*', json],
    [`${asked}`, answered],
    [answered, answered],
    [`${json};q=0.1, ${answered}`, answered],
    [`text/html, ${json}`, json],
  ])('for Accept: %s is %s', async (accept, type) => {
    const answer = await ask(accept);
    expect([answer.code, answer.headers.get('content-type')]).toEqual([200, type]);
    expect(answer.headers.get('vary')).toBe('Accept');
  });

  it('is in no other form', async () => {
    const answer = await ask('text/html');
    expect([answer.code, answer.text]).toEqual([406, '']);
  });

  it('is kept by who has it, until something else is served', async () => {
    const etag = (await ask(asked)).headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[0-9A-F]{128}"$/);
    expect((await ask(asked, { 'If-None-Match': etag })).code).toBe(304);
    const other = structuredClone(cronTabs);
    Object.assign(other.metadata, { name: 'bells.other.example.com' });
    Object.assign(other.spec, { group: 'other.example.com', names: { plural: 'bells', kind: 'Bell' } });
    await define(cluster, other);
    const again = await ask(asked, { 'If-None-Match': etag });
    expect(again.code).toBe(200);
    expect(again.text).toContain('com.example.other.v1.Bell');
  });

  it('has the paths and operations that kube-apiserver has', () => {
    const recorded = JSON.parse(
      gunzipSync(
        readFileSync(new URL('../../corpus/cluster/openapi-paths.json.gz', import.meta.url)),
      ).toString(),
    ) as Record<string, Record<string, [action: string | null, parameters: string[]]>>;
    const own = Object.entries<Record<string, Operation>>(document.paths);
    expect(own.length).toBeGreaterThan(220);
    const ids = new Set<string>();
    for (const [path, { parameters: _, ...item }] of own) {
      for (const [method, operation] of Object.entries(item)) {
        expect(ids.has(operation.operationId), operation.operationId).toBe(false);
        ids.add(operation.operationId);
        if (path.startsWith('/apis/stable.example.com/')) continue;
        expect([path, method, operation['x-kubernetes-action'] ?? null]).toEqual([
          path,
          method,
          recorded[path]?.[method]?.[0],
        ]);
      }
    }
  });

  it.each([
    ['post', '/api/v1/namespaces/{namespace}/pods', 'createCoreV1NamespacedPod'],
    ['get', '/api/v1/pods', 'listCoreV1PodForAllNamespaces'],
    [
      'delete',
      '/apis/apps/v1/namespaces/{namespace}/deployments',
      'deleteAppsV1CollectionNamespacedDeployment',
    ],
    ['get', '/apis/rbac.authorization.k8s.io/v1/', 'getRbacAuthorizationV1APIResources'],
    ['get', '/api/v1/namespaces/{namespace}/pods/{name}/exec', 'connectCoreV1GetNamespacedPodExec'],
    [
      'put',
      '/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale',
      'replaceAppsV1NamespacedDeploymentScale',
    ],
    [
      'patch',
      '/apis/stable.example.com/v1/namespaces/{namespace}/crontabs/{name}',
      'patchStableExampleComV1NamespacedCronTab',
    ],
  ])('calls %s %s %s', (method, path, id) => {
    expect(document.paths[path][method].operationId).toBe(id);
  });

  it('says what is sent and what is answered', () => {
    const { post } = document.paths['/api/v1/namespaces/{namespace}/pods/{name}/eviction'];
    expect(post.parameters[0]).toEqual({
      name: 'body',
      in: 'body',
      required: true,
      schema: { $ref: '#/definitions/io.k8s.api.policy.v1.Eviction' },
    });
    const { get } = document.paths['/apis/stable.example.com/v1/namespaces/{namespace}/crontabs'];
    expect(get.responses['200'].schema).toEqual({ $ref: `#/definitions/${cronTab}List` });
  });

  it('takes no strategic merge patch of a custom resource', () => {
    const path = '/apis/stable.example.com/v1/namespaces/{namespace}/crontabs/{name}';
    expect(document.paths[path].patch.consumes).toEqual([
      'application/apply-patch+yaml',
      'application/json-patch+json',
      'application/merge-patch+json',
    ]);
  });

  it('refers to nothing that it does not define', () => {
    const references = JSON.stringify(document).matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g);
    const names = new Set([...references].map(([, name]) => name ?? ''));
    expect(names.size).toBeGreaterThan(300);
    expect([...names].filter((name) => document.definitions[name] === undefined)).toEqual([]);
    expect(JSON.stringify(document)).not.toContain('#/components/');
  });

  it('has no word that Swagger 2.0 does not know', () => {
    const used = new Set(Object.values<SwaggerSchema>(document.definitions).flatMap(keywordsOf));
    const unknown = ['allOf', 'anyOf', 'oneOf', 'not', 'nullable', 'default'];
    expect(unknown.filter((keyword) => used.has(keyword))).toEqual([]);
    expect(used).toContain('properties');
  });

  it('keeps of a custom resource what kubectl understands', () => {
    const { definitions } = document;
    const { spec } = definitions[cronTab].properties;
    expect(definitions[cronTab]['x-kubernetes-group-version-kind']).toEqual([
      { group: 'stable.example.com', kind: 'CronTab', version: 'v1' },
    ]);
    expect(spec.properties.replicas).toMatchObject({ type: 'integer', minimum: 1, maximum: 10 });
    expect(spec.properties.timeZone).toEqual({});
    expect(spec.properties.extra).toEqual({ 'x-kubernetes-preserve-unknown-fields': true });
    expect(definitions[cronTab].properties.metadata.$ref).toBe(
      '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta',
    );
  });

  it('says the same in protobuf', () => {
    const swagger = fieldsOf(bytes);
    expect(text(swagger, 1)).toBe('2.0');
    const paths = byName(fieldsOf(only(swagger, 8)), 2);
    expect([...paths.keys()]).toEqual(Object.keys(document.paths));
    const definitions = byName(fieldsOf(only(swagger, 9)), 1);
    expect([...definitions.keys()]).toEqual(Object.keys(document.definitions));
    for (const [name, schema] of definitions)
      expect(schemaOf(schema), name).toEqual(document.definitions[name]);
    const eviction = fieldsOf(paths.get('/api/v1/namespaces/{namespace}/pods/{name}/eviction')!);
    const post = fieldsOf(only(eviction, 4));
    expect(text(post, 5)).toBe('createCoreV1NamespacedPodEviction');
    const body = fieldsOf(only(fieldsOf(only(fieldsOf(post.get(8)![0]!), 1)), 1));
    expect([text(body, 2), schemaOf(only(body, 5))]).toEqual([
      'body',
      { $ref: '#/definitions/io.k8s.api.policy.v1.Eviction' },
    ]);
  });
});

it('a part of a document, encoded, can be appended to another one', () => {
  const type = coreType('configmaps');
  const served = {
    group: 'x',
    version: 'v1',
    groupVersion: 'x/v1',
    path: 'apis/x/v1',
    types: [{ ...type, group: 'x' }],
  };
  const part = openapiV2PartOf(served);
  expect(Object.keys(part.definitions)).toEqual([
    'io.k8s.api.core.v1.ConfigMap',
    'io.k8s.api.core.v1.ConfigMapList',
  ]);
  const fields = fieldsOf(part.protobuf);
  expect([...fields.keys()]).toEqual([8, 9]);
  expect([...byName(fieldsOf(only(fields, 8)), 2).keys()]).toEqual(Object.keys(part.paths));
  expect([...byName(fieldsOf(only(fields, 9)), 1).keys()]).toEqual(Object.keys(part.definitions));
});

interface Operation {
  readonly operationId: string;
  readonly 'x-kubernetes-action'?: string;
}

interface SwaggerSchema {
  readonly properties?: Readonly<Record<string, SwaggerSchema>>;
  readonly items?: SwaggerSchema;
  readonly additionalProperties?: SwaggerSchema;
}

function keywordsOf(schema: SwaggerSchema): string[] {
  const below = [...Object.values(schema.properties ?? {}), schema.items, schema.additionalProperties];
  return [...Object.keys(schema), ...below.flatMap((each) => (each === undefined ? [] : keywordsOf(each)))];
}

type Fields = ReadonlyMap<number, readonly Buffer[]>;

/** A message's fields as they are on the wire; numbers become their bytes. */
function fieldsOf(bytes: Uint8Array): Fields {
  const reader = openReader(bytes);
  const fields = new Map<number, Buffer[]>();
  while (reader.position < reader.end) {
    const { field, wireType } = readTag(reader);
    const from = reader.position;
    const length = wireType === 1 ? 8 : Number(readVarint(reader));
    const start = wireType === 2 ? reader.position : from;
    reader.position = wireType === 0 ? reader.position : start + length;
    fields.set(field, [...(fields.get(field) ?? []), Buffer.from(bytes.subarray(start, reader.position))]);
  }
  return fields;
}

function only(fields: Fields, number: number): Buffer {
  const [first, ...more] = fields.get(number) ?? [];
  if (first === undefined || more.length > 0) throw new Error(`${more.length} fields ${number}`);
  return first;
}

function text(fields: Fields, number: number): string {
  return only(fields, number).toString();
}

/** Maps are lists of names and values. */
function byName(fields: Fields, number: number): Map<string, Buffer> {
  const entries = (fields.get(number) ?? []).map(fieldsOf);
  return new Map(entries.map((entry) => [text(entry, 1), entry.get(2)?.[0] ?? Buffer.alloc(0)]));
}

const texts = ['$ref', 'format', 'title', 'description'] as const;

/** A gnostic Schema as the JSON that it stands for. */
function schemaOf(bytes: Buffer): object {
  const fields = fieldsOf(bytes);
  const known: Record<string, unknown> = {};
  const take = (number: number, name: string, read: (all: readonly Buffer[]) => unknown) => {
    const values = fields.get(number);
    if (values !== undefined) known[name] = read(values);
  };
  const one = (read: (value: Buffer) => unknown) => (all: readonly Buffer[]) => read(all[0]!);
  const any = (value: Buffer) => JSON.parse(text(fieldsOf(value), 2));
  for (const [index, name] of texts.entries()) take(index + 1, name, one(String));
  take(
    7,
    'maximum',
    one((value) => value.readDoubleLE()),
  );
  take(
    9,
    'minimum',
    one((value) => value.readDoubleLE()),
  );
  take(
    11,
    'maxLength',
    one((value) => value[0]),
  );
  take(13, 'pattern', one(String));
  take(19, 'required', (all) => all.map(String));
  take(20, 'enum', (all) => all.map(any));
  take(
    21,
    'additionalProperties',
    one((value) => schemaOf(only(fieldsOf(value), 1))),
  );
  take(
    22,
    'type',
    one((value) => text(fieldsOf(value), 1)),
  );
  take(
    23,
    'items',
    one((value) => schemaOf(only(fieldsOf(value), 1))),
  );
  take(
    25,
    'properties',
    one((value) =>
      Object.fromEntries([...byName(fieldsOf(value), 1)].map(([name, each]) => [name, schemaOf(each)])),
    ),
  );
  for (const [name, value] of byName(fields, 31)) known[name] = any(value);
  return known;
}
