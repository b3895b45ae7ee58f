import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCluster, type TestCluster } from '../support.ts';

const VALUE = 'canary-of-a-secret';
const ENCODED = Buffer.from(VALUE).toString('base64');
const SECRETS = '/api/v1/namespaces/default/secrets';

const secret = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  data: { password: ENCODED },
  ...more,
});

describe('S-272 what is in a secret', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startCluster();
    expect((await cluster.send('POST', SECRETS, secret('kept', { immutable: true }))).code).toBe(201);
  });
  afterAll(() => cluster.close());

  const merge = { 'Content-Type': 'application/merge-patch+json' };
  const json = { 'Content-Type': 'application/json-patch+json' };
  it.each<[string, number, string, string, unknown, Record<string, string>?]>([
    ['a name that is taken', 409, 'POST', SECRETS, secret('kept')],
    ['a bad name', 422, 'POST', SECRETS, secret('Kept')],
    ['data under a bad key', 422, 'POST', SECRETS, secret('x', { data: { 'a/b': ENCODED } })],
    ['data that is not base64', 400, 'POST', SECRETS, secret('x', { data: { a: `${VALUE}!` } })],
    ['data of the wrong JSON type', 400, 'POST', SECRETS, secret('x', { stringData: [VALUE] })],
    ['too much of it', 422, 'POST', SECRETS, secret('x', { data: { a: ENCODED.repeat(60_000) } })],
    [
      'a type that wants other data',
      422,
      'POST',
      SECRETS,
      secret('x', { type: 'kubernetes.io/dockerconfigjson' }),
    ],
    ['an unknown field', 400, 'POST', `${SECRETS}?fieldValidation=Strict`, secret('x', { password: VALUE })],
    [
      'a change of what may not change',
      422,
      'PUT',
      `${SECRETS}/kept`,
      secret('kept', { immutable: true, data: { password: `${ENCODED}AAAA` } }),
    ],
    ['a patch of it', 422, 'PATCH', `${SECRETS}/kept`, { stringData: { password: `${VALUE}2` } }, merge],
    [
      'a patch whose test fails',
      422,
      'PATCH',
      `${SECRETS}/kept`,
      [{ op: 'test', path: '/data/password', value: `${ENCODED}AAAA` }],
      json,
    ],
    [
      'a patch of nothing',
      422,
      'PATCH',
      `${SECRETS}/kept`,
      [{ op: 'replace', path: '/data/other', value: ENCODED }],
      json,
    ],
    [
      'a stale revision',
      409,
      'PUT',
      `${SECRETS}/kept`,
      secret('kept', { metadata: { name: 'kept', resourceVersion: '1' } }),
    ],
    [
      'a body that ends early',
      400,
      'POST',
      SECRETS,
      `{"apiVersion":"v1","kind":"Secret","data":{"password":"${ENCODED}`,
    ],
    ['a selector by it', 400, 'GET', `${SECRETS}?fieldSelector=data.password%3D${ENCODED}x`, undefined],
  ])('is not said in the refusal of %s', async (_what, code, method, path, body, headers) => {
    const answer = await cluster.send(method, path, body, headers);
    expect(answer.code, answer.text.slice(0, 300)).toBe(code);
    // The selector is the caller's own, and in no other's log: what is stored is not in the answer.
    const told = method === 'GET' ? answer.text.replaceAll(`${ENCODED}x`, '') : answer.text;
    for (const value of [VALUE, ENCODED]) expect(told).not.toContain(value);
    expect(JSON.stringify(answer.headers.get('warning') ?? '')).not.toContain(VALUE);
  });

  it('is in no table, no metadata, no event and no log', async () => {
    const as = (kind: string) => ({ Accept: `application/json;as=${kind};v=v1;g=meta.k8s.io` });
    for (const path of [SECRETS, `${SECRETS}/kept`]) {
      const kinds = ['Table', path === SECRETS ? 'PartialObjectMetadataList' : 'PartialObjectMetadata'];
      for (const kind of kinds) {
        const { code, text } = await cluster.send('GET', path, undefined, as(kind));
        expect(code).toBe(200);
        expect(text).toContain('kept');
        expect(text).not.toContain(ENCODED);
      }
    }
    expect((await cluster.send('GET', '/apis/events.k8s.io/v1/events')).text).not.toContain(ENCODED);
    expect(JSON.stringify(cluster.logged)).not.toContain(VALUE);
  });
});
