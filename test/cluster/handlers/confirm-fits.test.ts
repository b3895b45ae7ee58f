import { afterEach, beforeEach, expect, it } from 'vitest';
import { configMap, startCluster, type TestCluster } from '../support.ts';

const path = '/api/v1/namespaces/default/configmaps';
const types = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const;

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster();
  await cluster.send('POST', path, {
    ...configMap('a'),
    metadata: { name: 'a', labels: { z: '1', b: '2' }, managedFields: [] },
    data: { k: '<&>' },
  });
});
afterEach(() => cluster.close());

const patch = (type: keyof typeof types, body: unknown, query = '') =>
  cluster.send('PATCH', `${path}/a?dryRun=All${query}`, body, { 'Content-Type': types[type] });

/** The object in a message, without what is never the same. */
const masked = (message: string) =>
  message
    .replace(/\\"uid\\":\\"[0-9a-f-]+/, '\\"uid\\":\\"<uid>')
    .replace(/resourceVersion\\":\\"\d+/, 'resourceVersion\\":\\"<revision>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:]+Z/g, '<time>')
    .replace(/,\\"managedFields\\":.*?\}\}\]/, '');

// Recorded from a kube-apiserver 1.35.4.
it.each<readonly [keyof typeof types, unknown, string]>([
  [
    'merge',
    { data: { a: 1 } },
    '"{\\"apiVersion\\":\\"v1\\",\\"data\\":{\\"a\\":1,\\"k\\":\\"\\\\u003c\\\\u0026\\\\u003e\\"},\\"kind\\":\\"ConfigMap\\",\\"metadata\\":{\\"name\\":\\"a\\",\\"namespace\\":\\"default\\",\\"uid\\":\\"<uid>\\",\\"resourceVersion\\":\\"<revision>\\",\\"creationTimestamp\\":\\"<time>\\",\\"labels\\":{\\"b\\":\\"2\\",\\"z\\":\\"1\\"}}}": json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
  ],
  [
    'json',
    [{ op: 'add', path: '/data/a', value: 1 }],
    '"{\\"apiVersion\\":\\"v1\\",\\"data\\":{\\"a\\":1,\\"k\\":\\"\\\\u003c\\\\u0026\\\\u003e\\"},\\"kind\\":\\"ConfigMap\\",\\"metadata\\":{\\"name\\":\\"a\\",\\"namespace\\":\\"default\\",\\"uid\\":\\"<uid>\\",\\"resourceVersion\\":\\"<revision>\\",\\"creationTimestamp\\":\\"<time>\\",\\"labels\\":{\\"b\\":\\"2\\",\\"z\\":\\"1\\"}}}": json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
  ],
  ['strategic', { data: { a: 1 } }, '"map[data:map[a:1]]": '],
])('a %s patch that does not fit is refused with what it makes', async (type, body, detail) => {
  const { code, json } = await patch(type, body);
  expect(code).toBe(422);
  expect(masked(json.message)).toContain(` "" is invalid: patch: Invalid value: ${detail}`);
  expect(json.details.causes).toMatchObject([{ field: 'patch', reason: 'FieldValueInvalid' }]);
});

it.each<readonly [keyof typeof types, unknown, string]>([
  ['merge', { kind: 'Absent' }, 'no kind "Absent" is registered for version "v1" in scheme'],
  ['merge', { apiVersion: 'v2' }, 'no kind "ConfigMap" is registered for version "v2" in scheme'],
  ['merge', { kind: 'Secret' }, 'converting (v1.Secret) to (core.ConfigMap): unknown conversion'],
  [
    'json',
    [{ op: 'replace', path: '/kind', value: 5 }],
    "couldn't get version/kind; json parse error: json: cannot unmarshal number into Go struct field .kind of type string",
  ],
])('a %s patch does not make another kind of an object: %j', async (type, body, detail) => {
  const { code, json } = await patch(type, body);
  expect([code, json.reason]).toEqual([422, 'Invalid']);
  expect(json.message).toContain(detail);
});

it('a strategic merge patch leaves the kind as it is', async () => {
  expect((await patch('strategic', { kind: 'Secret', apiVersion: 'v2' })).json).toMatchObject({
    kind: 'ConfigMap',
    apiVersion: 'v1',
  });
});

it('unknown fields are told with the patch when they are to be refused', async () => {
  const { code, json } = await patch('strategic', { spec: { a: [1] } }, '&fieldValidation=Strict');
  expect([code, json.message]).toEqual([
    422,
    ' "" is invalid: patch: Invalid value: "map[spec:map[a:[1]]]": strict decoding error: unknown field "spec"',
  ]);
});

it('no patch changes the UID', async () => {
  const { code, json } = await patch('merge', { metadata: { uid: 'q' } });
  expect([code, json.message]).toEqual([
    422,
    'ConfigMap "a" is invalid: metadata.uid: Invalid value: "q": field is immutable',
  ]);
});
