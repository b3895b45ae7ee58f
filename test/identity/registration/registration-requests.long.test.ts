import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Door, webRedirect } from '../support/door.ts';
import { app, openToAll, registerAt, type Sent, send } from './support.ts';

let door: Door;
beforeAll(async () => {
  door = await openToAll();
});
afterAll(() => door.close());
const register = (body: unknown, at = door, token?: string) => registerAt(at, body, token);

describe('a registration is refused', () => {
  const redirect = (...uris: unknown[]) => ({ redirect_uris: uris });
  it.each<[string, unknown]>([
    ['none', { redirect_uris: undefined }],
    ['an empty list', redirect()],
    ['no list', { redirect_uris: webRedirect }],
    ['http elsewhere', redirect('http://app.example/')],
    ['http of a host that only looks like this machine', redirect('http://127.1/')],
    ['a fragment', redirect(`${webRedirect}#x`)],
    ['a wildcard', redirect('https://*.example/')],
    ['user information', redirect('https://a:b@app.example/')],
    ['a script', redirect('javascript:alert(1)')],
    ['data', redirect('data:text/html,x')],
    ['a scheme that anybody may have', redirect('myapp:/callback')],
    ['relative', redirect('/callback')],
    ['too long', redirect(`https://app.example/${'x'.repeat(1000)}`)],
    ['too many', redirect(...Array.from({ length: 11 }, (_, n) => `https://app.example/${n}`))],
    ['one that is wrong among others', redirect(webRedirect, 'ftp:x')],
  ])('for its redirect URIs: %s', async (_name, given) => {
    const { status, body } = await register({ ...app, ...(given as object) });
    expect([status, body['error']]).toEqual([400, 'invalid_redirect_uri']);
  });

  it.each<[string, object]>([
    ['a grant type for itself', { grant_types: ['authorization_code', 'client_credentials'] }],
    ['the password grant', { grant_types: ['authorization_code', 'password'] }],
    ['a device', { grant_types: ['urn:ietf:params:oauth:grant-type:device_code'] }],
    ['implicit', { grant_types: ['implicit'] }],
    ['no way to sign in', { grant_types: ['refresh_token'] }],
    ['grant types that are none', { grant_types: 'authorization_code' }],
    ['a token from the authorization endpoint', { response_types: ['id_token'] }],
    ['a secret that signs', { token_endpoint_auth_method: 'client_secret_jwt' }],
    ['keys that are missing', { token_endpoint_auth_method: 'private_key_jwt' }],
    [
      'keys that are none',
      { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [{ kty: 'oct', k: 'x' }] } },
    ],
    [
      'a private key',
      {
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' }] },
      },
    ],
    ['a subject of its own', { subject_type: 'pairwise' }],
    ['a long name', { client_name: 'x'.repeat(101) }],
    ['a name that turns others around', { client_name: 'App\u202e' }],
    ['a name of two lines', { client_name: 'App\nThis is safe' }],
    ['an empty name', { client_name: ' ' }],
  ])('for %s', async (_name, given) => {
    const { status, body } = await register({ ...app, ...given });
    expect([status, body['error']]).toEqual([400, 'invalid_client_metadata']);
  });

  it.each<[string, Sent, number]>([
    ['no JSON', { body: '{' }, 400],
    ['a list', { body: [] }, 400],
    ['a text', { body: '"x"' }, 400],
    ['a form', { body: 'client_name=x', type: 'application/x-www-form-urlencoded' }, 400],
    ['more than 16 kB', { body: { ...app, x: 'x'.repeat(17_000) } }, 413],
  ])('for its form: %s', async (_name, sent, status) => {
    const answer = await send(`${door.issuer}/register`, sent);
    expect(answer.status).toBe(status);
    expect(answer.body).toHaveProperty('error');
  });

  it.each(['GET', 'PUT', 'DELETE'])('by %s', async (method) => {
    const answer = await send(`${door.issuer}/register`, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });
});
