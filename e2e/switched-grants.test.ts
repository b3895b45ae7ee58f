import { readFile, writeFile } from 'node:fs/promises';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowserLike } from '../test/identity/support/browser-like.ts';
import { redeem, startAuthorization, walk } from '../test/identity/support/door.ts';
import { askGateway } from './support/gateway-request.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';

const INITIAL_ACCESS_TOKEN = 'an-initial-access-token-of-enough-characters';
const REDIRECT = 'https://app.example/callback';
const APP = {
  client_name: 'An App',
  redirect_uris: [REDIRECT],
  grant_types: ['authorization_code', 'refresh_token'],
};
const insecure = { execute: [oidc.allowInsecureRequests] };

describe('the password grant and registration', () => {
  let sallyport: Sallyport;
  let before: string;

  beforeAll(async () => {
    sallyport = await startSallyport((text) => text, { files: { 'initial.token': INITIAL_ACCESS_TOKEN } });
    before = await readFile(sallyport.configFile, 'utf8');
  });
  afterAll(() => sallyport?.dispose());

  async function discover(): Promise<Record<string, unknown>> {
    return (await (await fetch(`${sallyport.issuer}/.well-known/openid-configuration`)).json()) as Record<
      string,
      unknown
    >;
  }

  const kubectl = () =>
    oidc.discovery(new URL(sallyport.issuer), 'kubectl', undefined, oidc.None(), insecure);

  /** By hand, as no client library does it wrong. */
  async function ask(username: string, password: string) {
    const answer = await fetch(`${sallyport.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        ...{ grant_type: 'password', client_id: 'kubectl', scope: 'openid', username, password },
      }),
    });
    const body = (await answer.json()) as Record<string, unknown>;
    return { status: answer.status, error: body['error'], retryAfter: answer.headers.get('retry-after') };
  }

  async function send(url: string, method: string, token: string, body?: object) {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
  }
  const register = (token: string, body: object = APP) =>
    send(`${sallyport.issuer}/register`, 'POST', token, body);

  async function expectNeither(): Promise<void> {
    const { grant_types_supported, registration_endpoint } = await discover();
    expect([grant_types_supported, registration_endpoint]).toEqual([
      expect.not.arrayContaining(['password']),
      undefined,
    ]);
    expect(await ask('jane', 'password')).toMatchObject({ status: 400, error: 'unsupported_grant_type' });
    const { status } = await fetch(`${sallyport.issuer}/register`, { method: 'POST' });
    expect(status).toBe(404);
  }

  it('are off', expectNeither);

  it('are there soon after they are configured', async () => {
    const oauth2 = `
oauth2:
  passwordConnector: local
  dynamicClientRegistration: { initialAccessTokenFile: ${sallyport.directory}/initial.token }
`;
    await writeFile(sallyport.configFile, before + oauth2);
    await expect.poll(discover).toMatchObject({
      grant_types_supported: expect.arrayContaining(['password']),
      registration_endpoint: `${sallyport.issuer}/register`,
    });
    const said = sallyport.stdout() + sallyport.stderr();
    expect(said).toContain('oauth2.dynamicClientRegistration');
    expect(said).not.toContain(INITIAL_ACCESS_TOKEN);
  });

  it('a password is good for tokens that the gateway takes', async () => {
    const parameters = { username: 'jane', password: 'password', scope: 'openid groups offline_access' };
    const tokens = await oidc.genericGrantRequest(await kubectl(), 'password', parameters);
    const headers = { authorization: `Bearer ${tokens.id_token}` };
    expect((await askGateway(sallyport, '/api/v1/namespaces/dev/pods', { headers })).status).toBe(200);
    expect(await oidc.refreshTokenGrant(await kubectl(), tokens.refresh_token ?? '')).toMatchObject({
      token_type: 'bearer',
    });
  });

  it('S-113: a password that is guessed at is not looked at any more', async () => {
    for (let failures = 0; failures < 5; failures += 1)
      expect(await ask('bob', 'guess')).toMatchObject({ status: 400, error: 'invalid_grant' });
    const throttled = await ask('bob', 'password');
    expect(throttled).toMatchObject({ status: 429, error: 'temporarily_unavailable' });
    expect(Number(throttled.retryAfter)).toBeGreaterThan(0);
    expect(await ask('nobody', 'guess')).toMatchObject({ status: 400, error: 'invalid_grant' });
  });

  it('S-057: a client registers itself with the token only, signs people in, is changed and removed', async () => {
    for (const token of ['', 'wrong', `${INITIAL_ACCESS_TOKEN}x`])
      expect(await register(token)).toMatchObject({ status: 401, body: { error: 'invalid_token' } });
    const http = { redirect_uris: ['http://app.example/callback'] };
    expect(await register(INITIAL_ACCESS_TOKEN, http)).toMatchObject({
      ...{ status: 400, body: { error: 'invalid_redirect_uri' } },
    });

    const config = await oidc.dynamicClientRegistration(new URL(sallyport.issuer), APP, undefined, {
      ...insecure,
      initialAccessToken: INITIAL_ACCESS_TOKEN,
    });
    const { client_id, registration_access_token, registration_client_uri } = config.clientMetadata();
    const [url, token] = [String(registration_client_uri), String(registration_access_token)];
    const attempt = await startAuthorization(config, {
      redirect_uri: REDIRECT,
      scope: 'openid offline_access',
    });
    const page = await walk(createBrowserLike(sallyport.issuer), attempt.url);
    const tokens = await redeem(config, attempt, page.url);
    expect(tokens.claims()?.aud).toBe(client_id);

    expect(await send(url, 'GET', token)).toMatchObject({ status: 200, body: { client_id, ...APP } });
    expect((await send(url, 'GET', INITIAL_ACCESS_TOKEN)).status).toBe(401);
    const renamed = { ...APP, client_id, client_name: 'Another App' };
    expect((await send(url, 'PUT', token, renamed)).body).toMatchObject(renamed);
    expect((await send(url, 'DELETE', token)).status).toBe(204);
    expect((await send(url, 'GET', token)).status).toBe(401);
    await expect(oidc.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_client',
    });
  });

  it('are off again when they are taken out', async () => {
    await writeFile(sallyport.configFile, before);
    await expect.poll(async () => (await discover())['registration_endpoint']).toBeUndefined();
    await expectNeither();
  });
});
