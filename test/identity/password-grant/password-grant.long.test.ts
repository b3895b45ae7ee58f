import * as client from 'openid-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { usualGrantTypes } from '../../../src/identity/clients/grant-types.ts';
import { createFactorRecords } from '../../../src/identity/factors/factor-records.ts';
import { createSealer } from '../../../src/store/index.ts';
import {
  bob,
  type Door,
  type DoorOptions,
  dump,
  jane,
  loopback,
  openDoor,
  passwordHash,
  postToken,
  startAuthorization,
  webClient,
  webRedirect,
} from '../support/door.ts';
import { cheapArgon2, good, operator } from '../support/local-accounts.ts';

const grant_type = 'password';
const grantTypes = [...usualGrantTypes, grant_type];
const asWeb = { client_id: 'web', client_secret: 'web-secret' };
const wrong = {
  status: 400,
  body: { error: 'invalid_grant', error_description: 'the username or password is not right' },
};

/** Members of this need a second factor wherever they sign in. */
const careful = 'careful';
const totp = { id: 'app', type: 'TOTP' as const, config: {} };
const ops = { email: 'ops@example.com', hash: passwordHash, username: 'Ops', userID: 'id-ops' };
const vault = {
  id: 'vault',
  secret: 's',
  redirectURIs: [webRedirect],
  trustedPeers: ['web'],
  mfaChain: ['app'],
};

async function open(options: DoorOptions = {}): Promise<Door> {
  const opened = await openDoor({ clients: [webClient, vault], grantTypes, ...options });
  onTestFinished(() => opened.close());
  return opened;
}

let door: Door;
beforeAll(async () => {
  door = await openDoor({
    clients: [
      webClient,
      vault,
      { ...webClient, id: 'ops', allowedGroups: ['ops'] },
      { ...webClient, id: 'code', grantTypes: ['authorization_code'] },
      { ...webClient, id: 'bound', refreshTokenLifetime: 'session' },
    ],
    grantTypes,
    passwords: [jane, bob, { ...ops, groups: [careful] }],
    mfa: { authenticators: [totp], requiredForGroups: [careful] },
    accounts: { argon2: cheapArgon2 },
  });
});
afterAll(() => door.close());

function ask(given: Record<string, string> = {}, at: Door = door) {
  const usual = { grant_type, ...asWeb, username: 'jane', password: 'password', scope: 'openid' };
  return postToken(at, { ...usual, ...given });
}

/** Tokens, taken with an independent client. */
async function tokensFor(at: Door, clientId: string, secret: string | undefined, scope: string) {
  const config = await at.relyingParty(clientId, secret);
  const parameters = { username: 'jane', password: 'password', scope };
  return { config, tokens: await client.genericGrantRequest(config, grant_type, parameters) };
}

describe('the password grant', () => {
  it('gives the tokens that a sign-in gives, and is announced', async () => {
    const scope = 'openid email groups';
    const { config, tokens } = await tokensFor(door, 'web', 'web-secret', scope);
    expect(config.serverMetadata().grant_types_supported).toContain(grant_type);
    const now = Date.now() / 1000;
    const claims = tokens.claims();
    expect(claims).toMatchObject({
      sub: jane.userID,
      aud: 'web',
      email: jane.email,
      groups: jane.groups,
      amr: ['pwd'],
      sid: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(Number(claims?.auth_time)).toBeGreaterThan(now - 60);
    expect(claims).not.toHaveProperty('name');
    expect(tokens).toMatchObject({ token_type: 'bearer', scope });
    expect(tokens).not.toHaveProperty('refresh_token');
    expect(await client.fetchUserInfo(config, tokens.access_token, jane.userID)).toMatchObject({
      email: jane.email,
    });
  });

  it('says the nonce again, as in Dex, and names the peers that the token is for', async () => {
    const { body } = await ask({ scope: 'openid', nonce: 'n-1' });
    const payload = JSON.parse(atob(String(body['id_token']).split('.')[1] ?? ''));
    expect(payload).toMatchObject({ nonce: 'n-1', aud: 'web' });
  });

  it('gives a refresh token for offline_access, which is good for as long as any', async () => {
    let offset = 0;
    const at = await open({ now: () => Date.now() + offset });
    const { config, tokens } = await tokensFor(at, 'web', 'web-secret', 'openid groups offline_access');
    // Longer than a code that nobody redeems leaves its grant.
    offset = 60 * 60_000;
    const second = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(second.claims()).toMatchObject({ sub: jane.userID, groups: jane.groups });
    await expect(client.refreshTokenGrant(config, second.refresh_token ?? '')).resolves.toBeDefined();
  });

  it('is for kubectl too, which gets a refresh token and all claims', async () => {
    const { tokens } = await tokensFor(door, 'kubectl', undefined, 'openid');
    expect(tokens.refresh_token).toBeDefined();
    expect(tokens.claims()).toMatchObject({ preferred_username: 'jane', groups: jane.groups });
  });

  it('gives no refresh token to a client whose refresh tokens end with a browser', async () => {
    const { body } = await ask({ client_id: 'bound', scope: 'openid offline_access' });
    expect(body).toHaveProperty('access_token');
    expect(body).not.toHaveProperty('refresh_token');
  });

  it.each(['openid', 'openid offline_access'])(
    'with %j is a session in the list, which ends it',
    async (scope) => {
      const at = await open();
      const { config, tokens } = await tokensFor(at, 'web', 'web-secret', scope);
      const sid = String(tokens.claims()?.['sid']);
      const [session] = await at.identity.sessions.list(jane.userID);
      expect(session).toMatchObject({ id: sid, kind: 'application', clients: ['web'] });
      await at.identity.sessions.end(sid);
      expect(at.identity.isEnded(sid)).toBe(true);
      await expect(client.fetchUserInfo(config, tokens.access_token, jane.userID)).rejects.toThrow();
    },
  );
});

describe('S-113: a password at the token endpoint', () => {
  it('S-110: is wrong in the same words, whatever is wrong with it', async () => {
    const user = { email: 'gone@example.com', name: 'Gone', password: good };
    const { id } = await door.identity.users.create(user, operator);
    await door.identity.users.disable(id, operator);
    expect(await ask({ password: 'wrong' })).toEqual(wrong);
    expect(await ask({ username: 'nobody' })).toEqual(wrong);
    expect(await ask({ username: user.email, password: good })).toEqual(wrong);
    expect(await ask({ password: 'x'.repeat(5000) })).toEqual(wrong);
  });

  it('S-111: is counted with those on the page', async () => {
    const at = await open();
    const onPage = async (password: string) => {
      const browser = at.browser();
      const config = await at.relyingParty('kubectl');
      const { url } = await startAuthorization(config, { redirect_uri: loopback, scope: 'openid' });
      return browser.submit(await browser.open(url), { username: 'jane', password }, '/login');
    };
    for (let guess = 0; guess < 3; guess++) expect(await ask({ password: 'wrong' }, at)).toEqual(wrong);
    expect((await onPage('wrong')).status).toBe(200);
    expect(await ask({ password: 'wrong' }, at)).toEqual(wrong);
    expect((await onPage('password')).status).toBe(429);
    const { username, password } = { username: 'jane', password: 'password' };
    const answer = await fetch(`${at.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type, ...asWeb, username, password, scope: 'openid' }),
    });
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await answer.json()).toEqual({
      error: 'temporarily_unavailable',
      error_description: 'too many attempts',
    });
  });

  it('is in the audit trail and the metrics as a sign-in, and nowhere itself', async () => {
    const at = await open();
    const password = 'a password that is not right';
    await ask({ password }, at);
    await ask({}, at);
    const common = { action: 'sign-in', client: 'web', detail: 'pwd', address: '127.0.0.1' };
    expect(at.events).toMatchObject([
      { ...common, result: 'failure', reason: 'wrongPassword', subject: jane.userID },
      { action: 'token.issue', result: 'failure', reason: 'invalid_grant', detail: grant_type },
      { ...common, result: 'success', actor: jane.userID },
      { action: 'token.issue', result: 'success', detail: grant_type, subject: jane.userID },
    ]);
    const places = JSON.stringify(at.log) + (await dump(at.store));
    expect(places).not.toContain(password);
  });

  it('is not looked at before the client has proved who it is', async () => {
    const before = door.events.length;
    expect((await ask({ client_secret: 'wrong' })).body['error']).toBe('invalid_client');
    expect((await ask({ client_id: 'nobody' })).body['error']).toBe('invalid_client');
    expect((await ask({ client_id: 'code' })).body['error']).toBe('unauthorized_client');
    expect(door.events.slice(before).filter(({ action }) => action === 'sign-in')).toEqual([]);
  });

  it('is warned of when the door opens', () => {
    const warned = door.log.filter(
      ({ level, message }) => level === 'warn' && /password grant/.test(message),
    );
    expect(warned).toHaveLength(1);
  });
});

describe('nobody gets tokens for a password alone', () => {
  const factorNeeded = {
    error: 'invalid_grant',
    error_description: 'a second factor is needed: sign in with a browser, or with a device code',
  };

  it('whose group needs a second factor', async () => {
    expect((await ask({ username: ops.email })).body).toEqual(factorNeeded);
  });

  it('of a client, or of a peer of it, that wants one', async () => {
    expect((await ask({ client_id: 'vault', client_secret: 's' })).body).toEqual(factorNeeded);
    const scope = 'openid audience:server:client_id:vault';
    expect((await ask({ scope })).body).toEqual(factorNeeded);
  });

  it('who has enrolled one, whether or not it is asked for', async () => {
    const at = await open();
    const secret = { secret: 'JBSWY3DPEHPK3PXP', name: 'app', createdAt: Date.now(), lastStep: 0 };
    const records = createFactorRecords(at.store, createSealer(undefined));
    await records.update(jane.userID, (record) => ({ ...record, totp: secret }));
    expect((await ask({}, at)).body).toEqual(factorNeeded);
  });

  it('who has to change it first', async () => {
    const user = { email: 'new@example.com', name: 'New', password: good, mustChangePassword: true };
    await door.identity.users.create(user, operator);
    const { body } = await ask({ username: user.email, password: good });
    expect(body).toEqual({
      error: 'invalid_grant',
      error_description: 'the password has to be changed first: sign in with a browser',
    });
  });

  it('whom the client does not admit', async () => {
    const { status, body } = await ask({ client_id: 'ops' });
    expect([status, body['error']]).toEqual([400, 'invalid_grant']);
  });

  it('whose account is ended while the password is looked at', async () => {
    let end = async () => {};
    const record = async ({ action }: { readonly action: string }) => {
      if (action === 'sign-in') await end();
    };
    const at = await open({ audit: { record } });
    end = async () => void (await at.identity.sessions.endAllOf(jane.userID));
    expect((await ask({ scope: 'openid offline_access' }, at)).body['error']).toBe('invalid_grant');
    expect(await at.identity.sessions.list(jane.userID)).toEqual([]);
    end = async () => {};
    expect((await ask({}, at)).status).toBe(200);
  });
});

describe('a request', () => {
  const refused: readonly [string, Record<string, string>, string][] = [
    ['without a username', { username: '' }, 'invalid_request'],
    ['without a password', { password: '' }, 'invalid_request'],
    ['that does not ask for openid', { scope: 'email' }, 'invalid_scope'],
    ['for a scope that there is not', { scope: 'openid admin' }, 'invalid_scope'],
    [
      'for a client that does not trust this one',
      { scope: 'openid audience:server:client_id:ops' },
      'invalid_scope',
    ],
  ];
  let events: number;
  beforeEach(() => {
    events = door.events.length;
  });

  it.each(refused)('%s is refused before the password is looked at', async (_name, given, error) => {
    const { status, body } = await ask(given);
    expect([status, body['error']]).toEqual([400, error]);
    expect(door.events.slice(events).map(({ action }) => action)).toEqual(['token.issue']);
  });

  it('with two passwords is refused', async () => {
    const body = new URLSearchParams({ grant_type, ...asWeb, username: 'jane', scope: 'openid' });
    for (const password of ['guess', 'password']) body.append('password', password);
    const answer = await fetch(`${door.issuer}/token`, { method: 'POST', body });
    expect(await answer.json()).toMatchObject({ error: 'invalid_request' });
  });
});
