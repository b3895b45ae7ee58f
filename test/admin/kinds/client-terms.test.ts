import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/index.ts';
import { createMemoryStore, type Store } from '../../../src/store/index.ts';
import {
  bob,
  type Door,
  jane,
  openDoor,
  postToken,
  signInFor,
  startAuthorization,
  webClient,
  webRedirect,
} from '../../identity/support/door.ts';
import { createInterleavedStore } from '../../identity/support/interleaved-store.ts';
import { openRelyingPartyServer } from '../../identity/support/relying-party-server.ts';
import { giveSigningKey } from '../../identity/support/signing-key.ts';
import { serveAdmin } from '../support/served-admin.ts';

const grantTypes = ['authorization_code', 'refresh_token', 'client_credentials'];
const scope = 'openid email groups offline_access';
const request = { redirect_uri: webRedirect, scope };
let door: Door;
let admin: Awaited<ReturnType<typeof serveAdmin>>;

/** Another process's view of the store: what happens to clients there it is not told. */
function deafTo(prefix: string, store: Store): Store {
  return Object.assign(Object.create(store) as Store, {
    watch: (watched: string, ...rest: [number, Parameters<Store['watch']>[2]]) =>
      watched.startsWith(prefix) ? { close() {}, progress: () => 0 } : store.watch(watched, ...rest),
  });
}

beforeAll(async () => {
  const store = createInterleavedStore(createMemoryStore());
  await giveSigningKey(store, Date.now);
  door = await openDoor({
    stores: [store, deafTo('identity/registered/', store)],
    grantTypes,
    mfa: { authenticators: [{ id: 'app', type: 'TOTP', config: {} }] },
  });
  admin = await serveAdmin({ identity: door.identity });
});
afterAll(async () => {
  await admin.close();
  await door.close();
});

async function make(name: string, spec: object) {
  const made = await admin.ask('POST', 'oauthclients', {
    metadata: { name },
    spec: { redirectURIs: [webRedirect], ...spec },
  });
  expect([made.status, made.json.message]).toEqual([201, undefined]);
  return made.json;
}
const patch = (name: string, spec: object, query = '') =>
  admin.ask('PATCH', `oauthclients/${name}${query}`, { spec });

async function relyingParty(name: string): Promise<client.Configuration> {
  const { json } = await admin.ask('POST', `oauthclients/${name}/secret`, {});
  return door.relyingParty(name, json.status.secret);
}

/** Requests go to the two processes in turn: two in a row are one for each. */
async function refreshTwice(config: client.Configuration, token: string | undefined): Promise<unknown[]> {
  const answers: unknown[] = [];
  let next = token ?? '';
  for (let round = 1; round <= 2; round++) {
    try {
      const tokens = await client.refreshTokenGrant(config, next);
      next = tokens.refresh_token ?? next;
      answers.push(tokens.claims());
    } catch (error) {
      answers.push((error as client.ResponseBodyError).error);
    }
  }
  return answers;
}
const twice = (answer: unknown) => [answer, answer];

describe('what operators say of their clients counts at the next request, in every process', () => {
  it('who may sign in', async () => {
    await make('team', { allowedGroups: ['oncall'] });
    const config = await relyingParty('team');
    const { tokens } = await signInFor(config, door.browser(), request);
    const asBob = { username: bob.email, password: 'password' };
    const attempt = await startAuthorization(config, request);
    const browser = door.browser();
    const refused = await browser.submit(await browser.open(attempt.url), asBob, '/login');
    expect([refused.status, refused.body.includes('oncall')]).toEqual([403, true]);
    await patch('team', { allowedGroups: ['platform'] });
    expect(await refreshTwice(config, tokens.refresh_token)).toEqual(twice('invalid_grant'));
    await patch('team', { allowedGroups: null });
    expect(await refreshTwice(config, tokens.refresh_token)).toEqual(
      twice(expect.objectContaining({ sub: jane.userID })),
    );
    const claimValidationRules = [
      { expression: "claims.email == 'bob@example.com'", message: 'Bob <b>alone</b>.' },
    ];
    await patch('team', { claimValidationRules });
    const next = await signInFor(config, door.browser(), request, asBob);
    expect(next.tokens.claims()?.sub).toBe(bob.userID);
    const late = await startAuthorization(config, request);
    const other = door.browser();
    const page = await other.submit(
      await other.open(late.url),
      { username: 'jane', password: 'password' },
      '/login',
    );
    expect([page.status, page.body.includes('Bob &lt;b&gt;alone&lt;/b&gt;.')]).toEqual([403, true]);
  });

  it('what tokens say', async () => {
    await make('mapped', {
      groupFilter: { prefix: 'dev' },
      claimMappings: [{ claim: 'role', expression: "'oncall' in claims.groups ? 'duty' : 'rest'" }],
    });
    const config = await relyingParty('mapped');
    const { tokens } = await signInFor(config, door.browser(), request);
    expect(tokens.claims()).toMatchObject({ role: 'rest', groups: ['developers'] });
    await patch('mapped', {
      groupFilter: { prefix: 'on' },
      claimMappings: [{ claim: 'colour', expression: "'blue'" }],
    });
    const refreshed = await refreshTwice(config, tokens.refresh_token);
    expect(refreshed).toEqual(twice(expect.objectContaining({ colour: 'blue', groups: ['oncall'] })));
    expect(refreshed).toEqual(twice(expect.not.objectContaining({ role: expect.anything() })));
  });

  it('whom else tokens are for', async () => {
    await make('api', { trustedPeers: ['web'] });
    const config = await door.relyingParty('web', webClient.secret);
    const forApi = { ...request, scope: `${scope} audience:server:client_id:api` };
    // The process that is not told of it has not seen it before.
    await relyingParty('api').then((api) => refreshTwice(api, 'none'));
    const { tokens } = await signInFor(config, door.browser(), forApi);
    expect(tokens.claims()).toMatchObject({ aud: ['api', 'web'], azp: 'web' });
    await patch('api', { trustedPeers: [] });
    expect(await refreshTwice(config, tokens.refresh_token)).toEqual(twice('invalid_grant'));
  });

  it('which second factors a sign-in passes', async () => {
    await make('bank', { mfaChain: ['app'] });
    const config = await relyingParty('bank');
    const attempt = await startAuthorization(config, request);
    const browser = door.browser();
    const fields = { username: 'jane', password: 'password' };
    const page = await browser.submit(await browser.open(attempt.url), fields, '/login');
    expect(page.body).toContain('authenticator app');
    await patch('bank', { mfaChain: [] });
    const { tokens } = await signInFor(config, door.browser(), request);
    await patch('bank', { mfaChain: ['app'] });
    expect(await refreshTwice(config, tokens.refresh_token)).toEqual(twice('invalid_grant'));
  });

  it('where they are told of the end of a session, and whether tokens end with it', async () => {
    const told = await openRelyingPartyServer();
    try {
      await make('told', { backchannelLogoutURI: told.url, refreshTokenLifetime: 'session' });
      const config = await relyingParty('told');
      const browser = door.browser();
      const { tokens } = await signInFor(config, browser, request);
      await door.identity.sessions.endAllOf(jane.userID, { cause: 'request' });
      await told.receivedCount(1);
      expect(await refreshTwice(config, tokens.refresh_token)).toEqual(twice('invalid_grant'));
    } finally {
      await told.close();
    }
  });

  it('how they prove who they are, and what they are for themselves', async () => {
    const keys = await generateKeyPair('ES256', { extractable: true });
    const jwks = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256' }] };
    const clientCredentialsClaims = { groups: ['robots'] };
    const spec = { redirectURIs: [], jwks, clientCredentialsClaims, introspect: true };
    const made = await make('robot', spec);
    expect(made).toMatchObject({
      spec: { jwks, clientCredentialsClaims, grantTypes: ['client_credentials'] },
      status: { hasSecret: false, hasKeys: true },
    });
    const now = Math.floor(Date.now() / 1000);
    const post = async (jti: string) =>
      postToken(door, {
        grant_type: 'client_credentials',
        scope: 'groups',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await new SignJWT({ jti, iss: 'robot', sub: 'robot', aud: door.issuer })
          .setProtectedHeader({ alg: 'ES256', kid: 'one' })
          .setIssuedAt(now)
          .setExpirationTime(now + 60)
          .sign(keys.privateKey),
      });
    expect([(await post('1')).status, (await post('2')).status]).toEqual([200, 200]);
    const secret = await admin.ask('POST', 'oauthclients/robot/secret', {});
    expect([secret.status, secret.json.message]).toEqual([422, expect.stringContaining('by its keys')]);
    await patch('robot', { jwks: null });
    expect([(await post('3')).status, (await post('4')).status]).toEqual([401, 401]);
  });

  it('apps on the person’s own machine, by any port', async () => {
    await make('cli', { public: true, redirectURIs: [] });
    const config = await door.relyingParty('cli');
    const own = { redirect_uri: 'http://127.0.0.1:4711/cb', scope };
    const { tokens } = await signInFor(config, door.browser(), own);
    expect(tokens.claims()?.aud).toBe('cli');
  });

  it('logos, which pages then may show', async () => {
    const policyOf = async () => {
      const [one, other] = [await fetch(`${door.issuer}/device`), await fetch(`${door.issuer}/device`)];
      return [one, other].map(({ headers }) => headers.get('content-security-policy'));
    };
    expect(await policyOf()).toEqual(twice(expect.not.stringContaining('logos.example')));
    await make('shown', { logoURL: 'https://logos.example/a.png' });
    const config = await relyingParty('shown');
    await refreshTwice(config, 'none');
    expect(await policyOf()).toEqual(twice(expect.stringContaining('https://logos.example')));
  });
});

describe('what is said of a client', () => {
  it('is told to the trail with what differs, and not when it is only tried', async () => {
    await make('audited', { name: 'Before', allowedGroups: ['oncall'] });
    const redirectURIs = [webRedirect, 'https://app.example/other'];
    await patch('audited', { name: 'Dry' }, '?dryRun=All');
    await patch('audited', { name: 'After', allowedGroups: null, redirectURIs });
    await patch('audited', { mfaChain: ['none'] });
    const about = door.events.filter(({ subject }) => subject === 'audited');
    expect(about.map(({ action, result, detail }) => [action, result, detail])).toEqual([
      [
        'client.create',
        'success',
        `name: "Before"; redirectURIs: ["${webRedirect}"]; grantTypes: ["authorization_code","refresh_token"]; ` +
          'allowedGroups: ["oncall"]; refreshTokenLifetime: "standalone"',
      ],
      [
        'client.update',
        'success',
        `name: "Before" -> "After"; redirectURIs: ["${webRedirect}"] -> ${JSON.stringify(redirectURIs)}; ` +
          'allowedGroups: ["oncall"] -> absent',
      ],
      ['client.update', 'failure', undefined],
    ]);
  });

  it('comes back as it was: what is read can be written', async () => {
    const spec = {
      name: 'Whole',
      logoURL: 'https://logos.example/b.png',
      postLogoutRedirectURIs: ['https://app.example/bye'],
      trustedPeers: ['web'],
      allowedGroups: ['oncall'],
      claimValidationRules: [{ expression: 'claims.email_verified == true', message: 'no' }],
      groupFilter: { pattern: 'dev.*' },
      claimMappings: [{ claim: 'role', expression: "'x'" }],
      allowedConnectors: ['local'],
      backchannelLogoutURI: 'https://app.example/told',
      mfaChain: ['app'],
      refreshTokenLifetime: 'session',
      introspect: true,
      grantTypes: ['authorization_code'],
    };
    const made = await make('whole', spec);
    expect(made.spec).toMatchObject(spec);
    const put = await admin.ask('PUT', 'oauthclients/whole', made);
    expect([put.status, put.json.spec]).toEqual([200, made.spec]);
    const about = door.events.filter(({ subject }) => subject === 'whole');
    expect(about.at(-1)).toMatchObject({ action: 'client.update', result: 'success' });
    expect(about.at(-1)).not.toHaveProperty('detail');
  });

  const usable = { id: 'x', secret: 'x', redirectURIs: [webRedirect] };
  /** What the configuration file says to the same. */
  function messagesOfFile(spec: object): readonly (readonly [string, string])[] {
    const file = {
      issuer: 'https://id.example.com',
      web: { http: '127.0.0.1:0' },
      oauth2: { grantTypes },
      mfa: { authenticators: [{ id: 'app', type: 'TOTP' }] },
      staticClients: [spec],
    };
    try {
      parseConfig(JSON.stringify(file), 'file', { dataDir: '/', env: {} });
      return [];
    } catch (error) {
      const { faults } = error as { faults: readonly { path: string; message: string }[] };
      return faults.map(({ path, message }) => [path.replace('staticClients[0].', 'spec.'), message]);
    }
  }

  it.each([
    { claimMappings: [{ claim: 'role', expression: 'claims.' }] },
    { claimMappings: [{ claim: 'iss', expression: "'x'" }] },
    { claimMappings: [{ claim: '__proto__', expression: "'x'" }] },
    {
      claimMappings: [
        { claim: 'a', expression: '1' },
        { claim: 'a', expression: '2' },
      ],
    },
    { claimValidationRules: [{ expression: 'claims.email', message: 'no' }] },
    { claimValidationRules: [{ expression: 'true', message: '' }] },
    { groupFilter: { pattern: '(' } },
    { groupFilter: { prefix: 'a', pattern: 'b' } },
    { allowedGroups: [] },
    { allowedConnectors: ['github'] },
    { backchannelLogoutURI: 'ftp://app.example/x' },
    { logoURL: 'javascript:alert(1)' },
    { mfaChain: ['app', 'other'] },
    { refreshTokenLifetime: 'for ever' },
    { grantTypes: ['implicit'] },
    { grantTypes: ['password'] },
    { redirectURIs: [webRedirect, 'https://*.example/'] },
    { redirectURIs: [] },
    { clientCredentialsClaims: { groups: ['system:masters'] } },
    { jwks: { keys: [{ kty: 'EC', d: 'private' }] } },
  ])('is refused in the words of the configuration file: %j', async (spec: object) => {
    const { status, json } = await admin.ask('POST', 'oauthclients', {
      metadata: { name: 'refused' },
      spec: { redirectURIs: [webRedirect], ...spec },
    });
    const { secret, ...withoutSecret } = { ...usable, ...spec };
    const words = messagesOfFile('jwks' in spec ? withoutSecret : { secret, ...withoutSecret });
    expect(words).not.toEqual([]);
    expect(status).toBe(422);
    const causes: { field: string; message: string }[] = json.details.causes;
    expect(causes.map(({ field }) => field)).toEqual(words.map(([path]) => path));
    for (const [index, [, message]] of words.entries())
      expect(causes[index]?.message).toMatch(new RegExp(`${RegExp.escape(message)}$`));
  });

  it('is told whole: all that is wrong, at once', async () => {
    const spec = { redirectURIs: ['https://*.example/'], mfaChain: ['other'], grantTypes: ['password'] };
    const { json } = await admin.ask('POST', 'oauthclients', { metadata: { name: 'refused' }, spec });
    expect(json.details.causes.map(({ field }: { field: string }) => field).sort()).toEqual([
      'spec.grantTypes[0]',
      'spec.mfaChain[0]',
      'spec.redirectURIs[0]',
    ]);
  });

  it.each(['secret', 'secretFile', 'federatedCredentials', 'idEnv', 'nonsense'])(
    'has no %s: that is for the file',
    async (field) => {
      const spec = { redirectURIs: [webRedirect], [field]: 'x' };
      const body = { metadata: { name: 'filed' }, spec };
      const strict = await admin.ask('POST', 'oauthclients?fieldValidation=Strict', body);
      expect([strict.status, strict.json.message]).toEqual([
        400,
        expect.stringContaining(`unknown field "spec.${field}"`),
      ]);
      const asked = door.identity.managedClients.tryCreate('filed', spec);
      await expect(asked).rejects.toThrow(field === 'nonsense' ? 'unknown key' : 'the configuration file');
    },
  );

  it('is bounded', async () => {
    const claimMappings = [{ claim: 'role', expression: `'${'x'.repeat(70_000)}'` }];
    const asked = door.identity.managedClients.tryCreate('large', {
      redirectURIs: [webRedirect],
      claimMappings,
    });
    await expect(asked).rejects.toThrow('at most 64 KiB');
  });
});
