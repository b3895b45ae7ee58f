import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { textOf } from './support/browser-like.ts';
import {
  type Door,
  jane,
  loopback,
  openDoor,
  signInFor,
  startAuthorization,
  walk,
  webClient,
  webRedirect,
} from './support/door.ts';

const api = {
  id: 'api',
  secret: 'api-secret',
  redirectURIs: ['https://api.example/cb'],
  trustedPeers: ['web'],
};
const closed = { id: 'closed', secret: 'closed-secret', redirectURIs: ['https://closed.example/cb'] };
const audience = (id: string) => `audience:server:client_id:${id}`;

let door: Door;
beforeAll(async () => {
  door = await openDoor({ clients: [webClient, api, closed] });
});
afterAll(() => door.close());

const asWeb = (of = door) => of.relyingParty('web', 'web-secret');
const asking = (...scopes: readonly string[]) => ({
  redirect_uri: webRedirect,
  scope: ['openid', ...scopes].join(' '),
});

describe('federated:id', () => {
  it('gives the connector and the id that Dex’s clients look for', async () => {
    const { tokens } = await signInFor(await asWeb(), door.browser(), asking('federated:id'));
    expect(tokens.claims()).toMatchObject({
      federated_claims: { connector_id: 'local', user_id: jane.userID },
    });
  });

  it('is for those who ask', async () => {
    const { tokens } = await signInFor(await asWeb(), door.browser(), asking('profile'));
    expect(tokens.claims()).not.toHaveProperty('federated_claims');
    const config = await door.relyingParty('kubectl');
    const own = await signInFor(config, door.browser(), { redirect_uri: loopback, scope: 'openid' });
    expect(own.tokens.claims()).not.toHaveProperty('federated_claims');
  });
});

describe('tokens for another client', () => {
  it('are for both, and say which one they were issued to; at a refresh, too', async () => {
    const config = await asWeb();
    const { tokens } = await signInFor(
      config,
      door.browser(),
      asking(audience('api'), 'groups', 'offline_access'),
    );
    const expected = { aud: ['api', 'web'], azp: 'web', groups: jane.groups };
    expect(tokens.claims()).toMatchObject(expected);
    const next = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(next.claims()).toMatchObject(expected);
  });

  it('name no group that the tokens of one of them never name', async () => {
    const mapped = { claim: 'groups', expression: "dyn(claims.groups).filter(g, g != 'developers')" };
    for (const policy of [{ groupFilter: { prefix: 'on' } }, { claimMappings: [mapped] }]) {
      const other = await openDoor({ clients: [webClient, { ...api, ...policy }] });
      onTestFinished(() => other.close());
      const config = await asWeb(other);
      const browser = other.browser();
      const asked = asking(audience('api'), 'groups', 'offline_access');
      const { tokens } = await signInFor(config, browser, asked);
      expect(tokens.claims()).toMatchObject({ groups: ['oncall'] });
      const next = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
      expect(next.claims()).toMatchObject({ groups: ['oncall'] });
      const own = await signInFor(config, browser, asking('groups'));
      expect(own.tokens.claims()).toMatchObject({ groups: jane.groups });
    }
  });

  it('are for one where a client asks for itself', async () => {
    const { tokens } = await signInFor(await asWeb(), door.browser(), asking(audience('web')));
    expect(tokens.claims()?.aud).toBe('web');
    expect(tokens.claims()).not.toHaveProperty('azp');
  });

  it('are named on the page that asks for consent', async () => {
    const { url } = await startAuthorization(await asWeb(), asking(audience('api')));
    const browser = door.browser();
    const page = await browser.submit(
      await browser.open(url),
      { username: 'jane', password: 'password' },
      '/login',
    );
    expect(textOf(page)).toContain('act as you at api');
  });

  it.each([
    ['a client that does not trust the one that asks', [audience('closed')], `["${audience('closed')}"]`],
    ['a client that does not exist', [audience('nobody')], `["${audience('nobody')}"]`],
    [
      'some of several',
      [audience('api'), audience('closed'), audience('x')],
      `["${audience('closed')}" "${audience('x')}"]`,
    ],
  ])('are refused for %s, in Dex’s words', async (_what, scopes, quoted) => {
    const { url, state } = await startAuthorization(await asWeb(), asking(...scopes));
    const { searchParams } = new URL((await door.browser().open(url)).url);
    expect(searchParams.get('error')).toBe('invalid_scope');
    expect(searchParams.get('error_description')).toBe(`Client can't request scope(s) ${quoted}`);
    expect(searchParams.get('state')).toBe(state);
  });

  it('are not there for a peer that trusts the other way round', async () => {
    const config = await door.relyingParty('api', 'api-secret');
    const { url } = await startAuthorization(config, {
      redirect_uri: 'https://api.example/cb',
      scope: `openid ${audience('web')}`,
    });
    expect(new URL((await door.browser().open(url)).url).searchParams.get('error')).toBe('invalid_scope');
  });

  it('serve as the hint of a sign-out', async () => {
    const config = await asWeb();
    const browser = door.browser();
    const { tokens } = await signInFor(config, browser, asking(audience('api')));
    const url = client.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: 'https://app.example/bye',
      state: 'after',
    });
    const page = await browser.open(url.href);
    const bye = await browser.submit(page, {}, '/logout/confirm');
    expect(bye.url).toBe('https://app.example/bye?state=after');
  });
});

describe('the discovery document', () => {
  it('lists the scopes, and no client', async () => {
    const response = await fetch(`${door.issuer}/.well-known/openid-configuration`);
    const { scopes_supported: scopes, claims_supported: claims } = (await response.json()) as Record<
      string,
      string[]
    >;
    expect(scopes?.toSorted()).toEqual([
      'email',
      'federated:id',
      'groups',
      'offline_access',
      'openid',
      'profile',
    ]);
    expect(claims).toEqual(expect.arrayContaining(['sub', 'groups', 'federated_claims']));
  });
});

describe('subjects as Dex writes them', () => {
  const subject = 'CgdpZC1qYW5lEgVsb2NhbA';

  it('name the account in ID token and userinfo, and are understood as a hint', async () => {
    const dex = await openDoor({ subjectEncoding: 'dex' });
    try {
      const config = await asWeb(dex);
      const browser = dex.browser();
      const { tokens } = await signInFor(config, browser, asking('email'));
      expect(tokens.claims()?.sub).toBe(subject);
      expect(await client.fetchUserInfo(config, tokens.access_token, subject)).toMatchObject({
        sub: subject,
        email: jane.email,
      });
      const silent = await startAuthorization(config, {
        ...asking('email'),
        prompt: 'none',
        id_token_hint: tokens.id_token ?? '',
      });
      const { searchParams } = new URL((await walk(browser, silent.url)).url);
      expect([searchParams.get('error'), searchParams.get('code')]).toEqual([null, expect.any(String)]);
    } finally {
      await dex.close();
    }
  });
});
