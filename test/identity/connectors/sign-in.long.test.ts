import { decodeJwt } from 'jose';
import { refreshTokenGrant } from 'openid-client';
import { afterEach, describe, expect, it } from 'vitest';
import { accountOfUpstream } from '../../../src/identity/claims/subjects.ts';
import { formsOf, textOf } from '../support/browser-like.ts';
import { type Door, dump, openDoor, postToken, redeem } from '../support/door.ts';
import { type FakeProvider, startFakeProvider } from './fake-provider.ts';
import { beginSignIn, choose, comeBack, connectorTo, openDoorWith } from './support.ts';

let provider: FakeProvider;
let door: Door;

afterEach(async () => {
  await door.close();
  await provider.close();
});

async function open(config = {}, options = {}) {
  provider = await startFakeProvider();
  door = await openDoorWith((base) => [connectorTo(provider.issuer, base, 'corp', config)], options);
}

const ada = accountOfUpstream({ connector: 'corp', userId: 'u-1' });

/** The whole way by the connector. */
async function signIn(parameters = {}) {
  const { browser, attempt, page } = await beginSignIn(door, parameters);
  const there = page.url.startsWith(provider.issuer) ? page : await choose(browser, page, 'corp');
  const end = await comeBack(browser, provider, there);
  const config = await door.relyingParty('kubectl');
  return { browser, config, tokens: await redeem(config, attempt, end.url) };
}

describe('somebody who signs in elsewhere', () => {
  it('chooses where, and gets tokens that say who they are there', async () => {
    await open();
    const { browser, page } = await beginSignIn(door);
    expect(textOf(page)).toContain('Where do you want to sign in?');
    const there = await choose(browser, page, 'corp');
    const sent = new URL(there.url).searchParams;
    expect(Object.fromEntries(sent)).toMatchObject({
      client_id: 'sallyport',
      response_type: 'code',
      scope: 'openid profile email',
      code_challenge_method: 'S256',
      redirect_uri: `${door.issuer}/callback/corp`,
      prompt: 'consent',
      access_type: 'offline',
    });
    const { tokens } = await signIn();
    expect(decodeJwt(tokens.id_token ?? '')).toMatchObject({
      sub: ada,
      name: 'Ada',
      email: 'ada@corp.example',
      email_verified: true,
      preferred_username: 'ada',
      groups: ['staff', 'admins'],
      federated_claims: { connector_id: 'corp', user_id: 'u-1' },
    });
    expect(provider.tokenRequests.at(-1)?.get('code_verifier')).toMatch(/^[\w-]{43}$/);
  });

  it('is sent there at once where there is no other way, and comes back to a page that says so when nothing came of it', async () => {
    await open({}, { offersLocal: false });
    const { browser, page } = await beginSignIn(door);
    expect(page.url).toMatch(`${provider.issuer}/authorize`);
    const back = new URL(provider.authorize(page.url));
    back.searchParams.delete('code');
    back.searchParams.set('error', 'access_denied');
    const refused = await browser.open(back.href);
    expect(textOf(refused)).toContain('You were not signed in there.');
    expect((await choose(browser, refused, 'corp')).url).toMatch(`${provider.issuer}/authorize`);
  });

  it('sees the choice also where there is one way only, if the operator wants it', async () => {
    await open({}, { offersLocal: false, alwaysShowLoginScreen: true });
    expect(textOf((await beginSignIn(door)).page)).toContain('Corporation');
  });

  it('is sent there by connector_id and by Dex’s address, too', async () => {
    await open();
    expect((await beginSignIn(door, { connector_id: 'corp' })).page.url).toMatch(provider.issuer);
    const { attempt, browser } = await beginSignIn(door);
    const page = await browser.open(attempt.url.replace('/auth?', '/auth/corp?'));
    expect(page.url).toMatch(`${provider.issuer}/authorize`);
    expect((await browser.open(attempt.url.replace('/auth?', '/auth/local?'))).body).toContain(
      'name="password"',
    );
  });

  it('finds the last used way first, in the same browser', async () => {
    await open();
    const { browser } = await signIn();
    const { page } = await beginSignIn(door, { prompt: 'login' }, browser);
    expect(page.body.indexOf('/connector/corp')).toBeLessThan(page.body.indexOf('/local"'));
    const other = (await beginSignIn(door)).page;
    expect(other.body.indexOf('/connector/corp')).toBeGreaterThan(other.body.indexOf('/local"'));
  });

  it('is asked there what the application asks here', async () => {
    await open();
    const { page } = await beginSignIn(door, {
      connector_id: 'corp',
      prompt: 'login',
      max_age: '60',
      login_hint: 'ada@corp.example',
      ui_locales: 'sv',
    });
    expect(Object.fromEntries(new URL(page.url).searchParams)).toMatchObject({
      prompt: 'login consent',
      max_age: '60',
      login_hint: 'ada@corp.example',
      ui_locales: 'sv',
    });
  });

  it('S-135: is another one than the account here with the same e-mail address, and can use neither its password nor its form', async () => {
    await open();
    provider.behaviour.claims = { email: 'jane@example.com', preferred_username: undefined };
    const { tokens } = await signIn();
    expect(decodeJwt(tokens.id_token ?? '')).toMatchObject({ sub: ada, groups: ['staff', 'admins'] });
    expect(ada).not.toBe('id-jane');
  });

  it.each([
    ['whose username is an account’s here', { preferred_username: 'Jane' }],
    ['whose e-mail address is, and is not verified', { email: 'jane@example.com', email_verified: false }],
    ['who is called as a client would be', { preferred_username: 'client:web' }],
  ])('does not come in %s', async (_what, claims) => {
    await open();
    provider.behaviour.claims = claims;
    const { browser, page } = await beginSignIn(door, { connector_id: 'corp' });
    const refused = await browser.open(provider.authorize(page.url));
    expect(textOf(refused)).toContain('may not come in here');
    expect(door.events.at(-1)).toMatchObject({
      action: 'sign-in',
      reason: 'refused',
      detail: 'connector:corp',
    });
  });

  it('is on the trail with the connector, and nothing secret of it is in the store or the log', async () => {
    await open();
    await signIn();
    expect(door.events).toContainEqual(
      expect.objectContaining({
        action: 'sign-in',
        result: 'success',
        detail: 'connector:corp',
        subject: ada,
      }),
    );
    const stored = await dump(door.store);
    const code = provider.tokenRequests.at(-1)?.get('code_verifier') ?? 'none';
    expect(stored).not.toContain(code);
    expect(JSON.stringify(door.log)).not.toMatch(/refresh-\d|access-\d|code-\d/);
  });

  it('has a session and pages like everybody, but no password', async () => {
    await open();
    const { browser } = await signIn();
    const home = await browser.open(`${door.issuer}/`);
    expect(textOf(home)).toContain('the connector corp');
    const account = await browser.open(`${door.issuer}/account`);
    expect(account.status).toBe(200);
    expect(formsOf(account).some(({ action }) => action.endsWith('/password'))).toBe(false);
    expect(await door.identity.sessions.list(ada)).not.toEqual([]);
  });
});

describe('a refresh of theirs', () => {
  it('asks the connector again: groups, and whether they may still come in', async () => {
    await open();
    const { config, tokens } = await signIn();
    provider.behaviour.claims = { groups: ['guests'], name: 'Ada L' };
    const next = await refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(decodeJwt(next.id_token ?? '')).toMatchObject({ groups: ['guests'], name: 'Ada L' });
    provider.behaviour.refuses = 'invalid_grant';
    const parameters = {
      grant_type: 'refresh_token',
      client_id: 'kubectl',
      refresh_token: next.refresh_token ?? '',
    };
    expect((await postToken(door, parameters)).body).toMatchObject({ error: 'invalid_grant' });
    expect(await door.identity.sessions.list(ada)).toEqual([]);
    expect(door.identity.isEnded(String(decodeJwt(next.id_token ?? '')['sid']))).toBe(true);
    expect(door.events).toContainEqual(
      expect.objectContaining({ action: 'connector.refuse', reason: 'denied' }),
    );
    provider.behaviour.refuses = undefined as never;
    expect((await postToken(door, parameters)).status).toBe(400);
  });

  it('gets nothing while the connector does not answer, and ends nothing', async () => {
    await open();
    const { tokens } = await signIn();
    const parameters = {
      grant_type: 'refresh_token',
      client_id: 'kubectl',
      refresh_token: tokens.refresh_token ?? '',
    };
    provider.behaviour.answer = { token: { status: 502, body: 'bad gateway' } };
    expect(await postToken(door, parameters)).toMatchObject({
      status: 503,
      body: { error: 'temporarily_unavailable' },
    });
    provider.behaviour.answer = {};
    expect((await postToken(door, parameters)).status).toBe(200);
  });

  it('is one question at a time, with refresh tokens there that are good for one use', async () => {
    provider = await startFakeProvider({ rotates: true });
    door = await openDoorWith((base) => [connectorTo(provider.issuer, base)], { replicas: 2 });
    const { tokens } = await signIn();
    const { tokens: others } = await signIn();
    const all = [tokens, others].map(({ refresh_token = '' }) =>
      postToken(door, { grant_type: 'refresh_token', client_id: 'kubectl', refresh_token }),
    );
    expect((await Promise.all(all)).map(({ status }) => status)).toEqual([200, 200]);
  });

  it('there is none where the connector gives nothing to ask again with', async () => {
    await open();
    provider.behaviour.withoutRefreshToken = true;
    const { tokens } = await signIn();
    expect(tokens.refresh_token).toBeUndefined();
  });

  it('is over when somebody else answers to their name there', async () => {
    await open();
    const { tokens } = await signIn();
    provider.behaviour.claims = { sub: 'u-2' };
    const parameters = {
      grant_type: 'refresh_token',
      client_id: 'kubectl',
      refresh_token: tokens.refresh_token ?? '',
    };
    expect((await postToken(door, parameters)).body).toMatchObject({ error: 'invalid_grant' });
  });
});

describe('connectors that a client lets in', () => {
  const clients = [
    { id: 'kubectl', public: true, allowedConnectors: ['local'] },
    { id: 'corp-only', public: true, allowedConnectors: ['corp'] },
  ];

  it('are the only ones to choose from', async () => {
    await open({}, { clients });
    const { page } = await beginSignIn(door);
    expect(page.body).toContain('name="password"');
    expect(page.body).not.toContain('/connector/corp');
    expect((await beginSignIn(door, { connector_id: 'corp' })).page.body).toContain('name="password"');
  });

  it('count for who is signed in already: another one is asked for', async () => {
    await open({}, { clients });
    const { browser, page } = await beginSignIn(door, { client_id: 'corp-only' });
    await comeBack(browser, provider, page);
    expect((await beginSignIn(door, {}, browser)).page.body).toContain('name="password"');
    const silent = await beginSignIn(door, { prompt: 'none' }, browser);
    expect(silent.page.url).toContain('error=login_required');
  });

  it('count at a refresh and for a device', async () => {
    await open();
    const { tokens } = await signIn();
    const { issuer } = provider;
    await door.identity.reload({ clients, passwords: [], connectors: [connectorTo(issuer, door.issuer)] });
    const parameters = {
      grant_type: 'refresh_token',
      client_id: 'kubectl',
      refresh_token: tokens.refresh_token ?? '',
    };
    expect((await postToken(door, parameters)).body).toMatchObject({ error: 'invalid_grant' });
  });
});

describe('a connector that is taken out while the server runs', () => {
  it('takes its people’s sessions and refresh tokens along; one that goes by its name knows nobody of them', async () => {
    await open();
    const { browser, tokens } = await signIn();
    const sid = String(decodeJwt(tokens.id_token ?? '')['sid']);
    const parameters = {
      grant_type: 'refresh_token',
      client_id: 'kubectl',
      refresh_token: tokens.refresh_token ?? '',
    };
    const others = connectorTo('https://elsewhere.example', door.issuer);
    await door.identity.reload({ clients: [], passwords: [], connectors: [others] });
    expect(door.identity.isEnded(sid)).toBe(true);
    expect((await postToken(door, parameters)).body).toMatchObject({ error: 'invalid_grant' });
    expect(textOf(await browser.open(`${door.issuer}/`))).toContain('You are not signed in');
    await door.identity.reload({ clients: [], passwords: [], connectors: [] });
    expect((await beginSignIn(door)).page.body).toContain('name="password"');
  });

  it('S-137: stops who is on the way', async () => {
    await open();
    const { browser, page } = await beginSignIn(door, { connector_id: 'corp' });
    await door.identity.reload({ clients: [], passwords: [], connectors: [] });
    expect((await browser.open(provider.authorize(page.url))).status).toBe(404);
  });
});

describe('without connectors', () => {
  it('nothing is kept for any, and the callback is no page', async () => {
    provider = await startFakeProvider();
    door = await openDoor();
    expect((await door.browser().open(`${door.issuer}/callback`)).status).toBe(404);
    expect(await dump(door.store)).not.toContain('identity/connector');
  });
});
