import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attributesOf, resolveRequestInfo } from '../../../src/kube/index.ts';
import { createPolicy, defaultPolicyObjects } from '../../../src/rbac/index.ts';
import { encodeKubeProtobuf } from '../../kube/encode-kube-protobuf.ts';
import { eventually, startCluster, startTime, type TestCluster } from '../support.ts';

const accounts = '/api/v1/namespaces/default/serviceaccounts';
const pods = '/api/v1/namespaces/default/pods';
const issuer = 'https://kubernetes.default.svc.cluster.local';

let cluster: TestCluster;
let time: number;
beforeEach(async () => {
  time = startTime;
  cluster = await startCluster({ now: () => time });
  expect((await cluster.send('POST', accounts, { metadata: { name: 'robot' } })).code).toBe(201);
});
afterEach(() => cluster.close());

const ask = (spec: object = {}, name = 'robot') =>
  cluster.send('POST', `${accounts}/${name}/token`, { spec });
const worth = (token: string) => cluster.cluster.authenticate(token);
async function tokenFor(spec: object = {}): Promise<string> {
  const { code, json, text } = await ask(spec);
  expect(code, text).toBe(201);
  return json.status.token;
}
const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

async function makePod(serviceAccountName: string): Promise<string> {
  const spec = { serviceAccountName, containers: [{ name: 'c', image: 'i' }] };
  const { json } = await cluster.send('POST', pods, { metadata: { name: 'p' }, spec });
  return json.metadata.uid;
}

describe('S-271 a token of a service account', () => {
  it('is asked for with a TokenRequest, by kubectl in protobuf', async () => {
    const asked = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {}, status: {} };
    const protobuf = { 'Content-Type': 'application/vnd.kubernetes.protobuf' };
    const answer = await cluster.send('POST', `${accounts}/robot/token`, encodeKubeProtobuf(asked), protobuf);
    expect(answer.code, answer.text).toBe(201);
    expect(answer.json).toMatchObject({
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name: 'robot', namespace: 'default', creationTimestamp: '2026-11-24T00:00:00Z' },
      spec: { audiences: [issuer], expirationSeconds: 3600, boundObjectRef: null },
      status: { expirationTimestamp: '2026-11-24T01:00:00Z' },
    });
    const uid = (await cluster.send('GET', `${accounts}/robot`)).json.metadata.uid;
    const seconds = startTime / 1000;
    expect(claimsOf(answer.json.status.token)).toEqual({
      aud: [issuer],
      exp: seconds + 3600,
      iat: seconds,
      nbf: seconds,
      iss: issuer,
      jti: expect.any(String),
      sub: 'system:serviceaccount:default:robot',
      'kubernetes.io': { namespace: 'default', serviceaccount: { name: 'robot', uid } },
    });
  });

  it('stands for the account and its groups, until it expires', async () => {
    const token = await tokenFor({ expirationSeconds: 600 });
    expect(await worth(token)).toEqual({
      outcome: 'authenticated',
      expiresAt: startTime + 600_000,
      user: {
        username: 'system:serviceaccount:default:robot',
        uid: expect.any(String),
        groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
        extra: { 'authentication.kubernetes.io/credential-id': [`JTI=${claimsOf(token).jti}`] },
      },
    });
    time += 600_000;
    expect(await worth(token)).toMatchObject({ outcome: 'refused' });
  });

  it('dies with the account, also when another takes its name', async () => {
    const token = await tokenFor();
    await cluster.send('DELETE', `${accounts}/robot`);
    expect(await worth(token)).toMatchObject({ outcome: 'refused' });
    await cluster.send('POST', accounts, { metadata: { name: 'robot' } });
    expect(await worth(token)).toMatchObject({ outcome: 'refused' });
  });

  it('dies with what it is bound to', async () => {
    const uid = await makePod('robot');
    const token = await tokenFor({ boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p', uid } });
    expect(await worth(token)).toMatchObject({
      outcome: 'authenticated',
      user: {
        extra: {
          'authentication.kubernetes.io/pod-name': ['p'],
          'authentication.kubernetes.io/pod-uid': [uid],
        },
      },
    });
    await cluster.send('DELETE', `${pods}/p`);
    expect(await worth(token)).toMatchObject({ outcome: 'refused' });
  });

  it('for others is none here', async () => {
    expect(await worth(await tokenFor({ audiences: ['vault'] }))).toMatchObject({ outcome: 'refused' });
    expect(await worth(await tokenFor({ audiences: ['vault', issuer] }))).toMatchObject({
      outcome: 'authenticated',
    });
  });

  it('is not what somebody else has written', async () => {
    expect(await worth('a.b.c')).toEqual({ outcome: 'notMine' });
    const token = await tokenFor();
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const other = { ...claimsOf(token), sub: 'system:serviceaccount:kube-system:admin' };
    const forged = Buffer.from(JSON.stringify(other)).toString('base64url');
    expect(await worth(`${header}.${forged}.${signature}`)).toMatchObject({ outcome: 'refused' });
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    expect(await worth(`${none}.${payload}.`)).toEqual({ outcome: 'notMine' });
    // Its last character has bits that say nothing: the token has one spelling all the same.
    const last = signature.at(-1) ?? '';
    const spelt = { A: 'B', Q: 'R', g: 'h', w: 'x' }[last] ?? '';
    expect(spelt).not.toBe('');
    expect(await worth(`${header}.${payload}.${signature.slice(0, -1)}${spelt}`)).toMatchObject({
      outcome: 'refused',
    });
    expect(await worth(`${token}.more`)).toEqual({ outcome: 'notMine' });
  });

  it('is known to every process on the store', async () => {
    const other = await startCluster({ store: cluster.store, now: () => time });
    const tokens = await Promise.all([
      tokenFor(),
      other.send('POST', `${accounts}/robot/token`, { spec: {} }).then(({ json }) => json.status.token),
    ]);
    for (const token of tokens) {
      expect(await worth(token)).toMatchObject({ outcome: 'authenticated' });
      expect(await other.cluster.authenticate(token)).toMatchObject({ outcome: 'authenticated' });
    }
    await other.cluster.close();
  });

  it.each([
    [{ expirationSeconds: 60 }, 422, 'may not specify a duration less than 10 minutes'],
    [{ expirationSeconds: 2 ** 33 }, 422, 'may not specify a duration larger than 2^32 seconds'],
    [{ boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'absent' } }, 404, 'pods "absent" not found'],
    [{ boundObjectRef: { apiVersion: 'v1', kind: 'ConfigMap', name: 'c' } }, 400, 'cannot bind token'],
    [
      { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p' } },
      400,
      'to pod running with different serviceaccount name',
    ],
    [
      { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u' } },
      409,
      'does not match the UID in record',
    ],
  ])('is refused: %j', async (spec, code, message) => {
    await makePod('default');
    const answer = await ask(spec);
    expect([answer.code, answer.json.message]).toEqual([code, expect.stringContaining(message)]);
  });

  it('has an account, and a dry run makes none', async () => {
    expect((await ask({}, 'absent')).json.message).toBe('serviceaccounts "absent" not found');
    const { code, json } = await cluster.send('POST', `${accounts}/robot/token?dryRun=All`, {});
    expect([code, json.status.token]).toEqual([201, '']);
  });
});

describe('a secret for a token', () => {
  const secrets = '/api/v1/namespaces/default/secrets';
  const secret = (account: string) => ({
    metadata: { name: 't', annotations: { 'kubernetes.io/service-account.name': account } },
    type: 'kubernetes.io/service-account-token',
  });
  const filled = () =>
    eventually(async () => {
      const { json } = await cluster.send('GET', `${secrets}/t`);
      return json.data?.token === undefined ? undefined : json;
    });
  const decoded = (text: string) => Buffer.from(text, 'base64').toString();

  it('is given one, which lives as long as the secret', async () => {
    expect((await cluster.send('POST', secrets, secret('robot'))).code).toBe(201);
    const { data, metadata } = await filled();
    expect(decoded(data.namespace)).toBe('default');
    expect(Object.keys(data).toSorted()).toEqual(['ca.crt', 'namespace', 'token']);
    const account = (await cluster.send('GET', `${accounts}/robot`)).json;
    expect(metadata.annotations['kubernetes.io/service-account.uid']).toBe(account.metadata.uid);
    const token = decoded(data.token);
    time += 365 * 24 * 3_600_000;
    expect(await worth(token)).toMatchObject({
      outcome: 'authenticated',
      user: { username: 'system:serviceaccount:default:robot' },
      expiresAt: Number.POSITIVE_INFINITY,
    });
    await cluster.send('DELETE', `${secrets}/t`);
    expect(await worth(token)).toMatchObject({ outcome: 'refused' });
  });

  it('waits for the account', async () => {
    await cluster.send('POST', secrets, secret('late'));
    await cluster.send('POST', accounts, { metadata: { name: 'late' } });
    const { data } = await filled();
    expect(claimsOf(decoded(data.token)).sub).toBe('system:serviceaccount:default:late');
  });
});

describe('the issuer of service accounts’ tokens', () => {
  const metadata = '/.well-known/openid-configuration';
  const keys = '/openid/v1/jwks';

  it('tells others what they verify its tokens with', async () => {
    const found = await cluster.send('GET', metadata);
    expect(found.json).toEqual({
      issuer,
      jwks_uri: `${issuer}${keys}`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    });
    expect(found.headers.get('content-type')).toBe('application/json');
    expect(found.headers.get('cache-control')).toBe('public, max-age=3600');
    const published = await cluster.send('GET', keys);
    expect(published.headers.get('content-type')).toBe('application/jwk-set+json');
    const set = JSON.parse(published.text);
    const token = await tokenFor({ audiences: ['vault'] });
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(set), {
      issuer: found.json.issuer,
      audience: 'vault',
      algorithms: found.json.id_token_signing_alg_values_supported,
      currentDate: new Date(time),
    });
    expect(payload.sub).toBe('system:serviceaccount:default:robot');
    expect(protectedHeader.kid).toBe(set.keys[0].kid);
  });

  it('publishes public keys and nothing else', async () => {
    const { text } = await cluster.send('GET', `${keys}/`);
    expect(JSON.parse(text).keys.map((key: object) => Object.keys(key))).toEqual([
      ['use', 'kty', 'kid', 'crv', 'alg', 'x', 'y'],
    ]);
  });

  it('can be read by service accounts, and not by everybody', () => {
    const policy = createPolicy();
    for (const object of defaultPolicyObjects()) policy.put('defaults', object);
    const may = (path: string, group: string) =>
      policy.authorize(
        attributesOf(resolveRequestInfo('GET', path), { username: 'u', groups: [group], extra: {} }),
      ).decision;
    for (const path of [metadata, keys]) {
      expect(may(path, 'system:serviceaccounts')).toBe('allow');
      expect(may(path, 'system:authenticated')).not.toBe('allow');
    }
  });
});
