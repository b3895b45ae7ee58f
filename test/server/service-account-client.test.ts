import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCluster, type TestCluster } from '../cluster/support.ts';
import { type Door, openDoor, postToken } from '../identity/support/door.ts';

const accounts = '/api/v1/namespaces/default/serviceaccounts';
const grant_type = 'client_credentials';
let cluster: TestCluster;
let door: Door;

beforeAll(async () => {
  cluster = await startCluster({ now: Date.now });
  for (const name of ['robot', 'other']) await cluster.send('POST', accounts, { metadata: { name } });
  const jwks = JSON.parse((await cluster.send('GET', '/openid/v1/jwks')).text);
  const { json: discovery } = await cluster.send('GET', '/.well-known/openid-configuration');
  door = await openDoor({
    grantTypes: ['authorization_code', grant_type],
    clients: [
      {
        id: 'deployer',
        clientCredentialsClaims: { groups: ['deployers'] },
        federatedCredentials: [
          { issuer: discovery.issuer, subject: 'system:serviceaccount:default:robot', jwks },
        ],
      },
    ],
  });
});
afterAll(async () => {
  await door.close();
  await cluster.close();
});

async function tokenOf(name: string, audiences = [door.issuer]): Promise<string> {
  const { code, json } = await cluster.send('POST', `${accounts}/${name}/token`, { spec: { audiences } });
  expect(code).toBe(201);
  return json.status.token;
}
const present = (client_assertion: string, more: Record<string, string> = {}) =>
  postToken(door, {
    grant_type,
    client_assertion,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    ...more,
  });

describe('a token of a service account of the embedded API', () => {
  it('is what a client proves itself by: a pod gets its own tokens with no secret, again and again', async () => {
    const token = await tokenOf('robot');
    for (const more of [{}, { client_id: 'deployer' }]) {
      const { status, body } = await present(token, { scope: 'openid groups', ...more });
      expect(status).toBe(200);
      expect(decodeJwt(String(body['id_token']))).toMatchObject({
        iss: door.issuer,
        sub: 'deployer',
        aud: 'deployer',
        groups: ['deployers'],
      });
    }
  });

  it('of another account, for the API server, or changed on the way, proves nothing', async () => {
    const token = await tokenOf('robot');
    const [header = '', , signature = ''] = token.split('.');
    const [, others = ''] = (await tokenOf('other')).split('.');
    for (const assertion of [
      await tokenOf('other'),
      await tokenOf('robot', []),
      await tokenOf('robot', [door.issuer, 'https://elsewhere.example']),
      [header, others, signature].join('.'),
      `${token.slice(0, -4)}AAAA`,
    ]) {
      const { status, body } = await present(assertion, { client_id: 'deployer' });
      expect([status, body['error'], body['access_token']]).toEqual([401, 'invalid_client', undefined]);
    }
  });
});
