/**
 * The modules of the OpenID Foundation's Basic plan (`oidcc-basic-certification-test-plan`), named as there without their prefix
 * `oidcc-`. What a module only warns of is said where the answer here is the one warned of.
 */
import { createHash } from 'node:crypto';
import * as client from 'openid-client';
import { expect } from 'vitest';
import type { BrowserLike } from '../../test/identity/support/browser-like.ts';
import { walk } from '../../test/identity/support/walk.ts';
import type { Module, Plan, Under } from './plan.ts';
import { openRelyingParty } from './relying-party.ts';
import { jane, planClient, secondClient } from './subject.ts';

const scopesOf = (completed: { readonly tokens: client.TokenEndpointResponse }) =>
  completed.tokens.scope?.split(' ').sort();

/** Whether the browser has been shown a sign-in page since it had seen `before` answers. */
const askedToSignIn = (browser: BrowserLike, before: number) =>
  browser.seen.slice(before).some(({ body }) => body.includes('name="password"'));

/** A second authorization in a browser that is signed in: the same person, no page. */
async function sameWithoutPage(
  { subject, rp }: Under,
  change: (first: string) => Record<string, string>,
  firstChange = {},
) {
  const browser = subject.browser();
  const first = await rp.complete(browser, firstChange);
  subject.wait(2);
  const before = browser.seen.length;
  const second = await rp.complete(browser, change(first.idToken));
  expect(askedToSignIn(browser, before)).toBe(false);
  for (const claim of ['sub', 'auth_time']) expect(second.claims[claim], claim).toBe(first.claims[claim]);
  return { first, second };
}

/** A second authorization for which the person has to sign in again. */
async function signsInAgain({ subject, rp }: Under, change: Record<string, string>) {
  const browser = subject.browser();
  const first = await rp.complete(browser);
  subject.wait(2);
  const before = browser.seen.length;
  const second = await rp.complete(browser, change);
  expect(askedToSignIn(browser, before)).toBe(true);
  expect(second.claims.auth_time).toBeGreaterThan(Number(first.claims.auth_time));
  expect(Math.abs(Number(second.claims.auth_time) - subject.now() / 1000)).toBeLessThan(5);
}

async function callUserInfo({ subject, rp }: Under, init: (accessToken: string) => RequestInit) {
  const { tokens, claims } = await rp.complete(subject.browser(), { scope: 'openid email' });
  const response = await fetch(`${subject.issuer}/userinfo`, init(tokens.access_token));
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^application\/json\b/);
  expect(await response.json()).toMatchObject({ sub: claims.sub, email: jane.email, email_verified: true });
}

/** An unsigned request object. */
function requestObject(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.`;
}

async function errorOf({ subject, rp }: Under, change: Record<string, string | undefined>) {
  const { callback, state } = await rp.answer(subject.browser(), change);
  expect(callback.origin + callback.pathname).toBe(planClient.redirectUri);
  expect(callback.searchParams.has('code')).toBe(false);
  expect(callback.searchParams.get('state')).toBe(state);
  return callback.searchParams.get('error');
}

async function codeUsedTwice({ subject, rp }: Under, wait: number) {
  const answered = await rp.answer(subject.browser());
  const { tokens, claims } = await rp.redeem(answered);
  expect((await client.fetchUserInfo(rp.config, tokens.access_token, claims.sub)).sub).toBe(claims.sub);
  if (wait > 0) subject.wait(wait);
  await expect(rp.redeem(answered)).rejects.toMatchObject({ error: 'invalid_grant', status: 400 });
  return tokens;
}

/** An authorization that leads to no client. */
async function leadsNowhere({ subject, rp }: Under, change: Record<string, string>) {
  const page = await subject.browser().open(rp.ask(change).url.href);
  expect([page.status, page.headers.get('location')]).toEqual([400, null]);
  expect(new URL(page.url).origin).toBe(subject.issuer);
  expect(page.title).toMatch(/^Error: Something went wrong/);
}

const succeedsWith =
  (change: Record<string, string | undefined>): Module =>
  ({ subject, rp }) =>
    rp.complete(subject.browser(), change);

async function knowsNoScope({ subject, rp }: Under, scope: string) {
  expect(rp.config.serverMetadata().scopes_supported).not.toContain(scope);
  const completed = await rp.complete(subject.browser(), { scope: `openid ${scope}` });
  expect(scopesOf(completed)).toEqual(['openid']);
  expect(await rp.userInfo(completed)).toEqual({ sub: jane.id });
}

export const basicPlan: Plan = {
  server: async ({ subject, rp }) => {
    const { claims, tokens } = await rp.complete(subject.browser());
    const digest = createHash('sha256').update(tokens.access_token).digest().subarray(0, 16);
    if (claims['at_hash'] !== undefined) expect(claims['at_hash']).toBe(digest.toString('base64url'));
    expect(claims).not.toHaveProperty('name');
  },
  'response-type-missing': async (under) =>
    expect(await errorOf(under, { response_type: undefined })).toBe('invalid_request'),
  // The header's alg and kid are checked of every ID token; here, that the default is what discovery says.
  'idtoken-signature': async ({ subject, rp }) => {
    await rp.complete(subject.browser());
    expect(rp.config.serverMetadata().id_token_signing_alg_values_supported).toContain('RS256');
  },
  // Skipped by the plan where it is not offered.
  'idtoken-unsigned': async ({ rp }) =>
    expect(rp.config.serverMetadata().id_token_signing_alg_values_supported).not.toContain('none'),
  'userinfo-get': (under) =>
    callUserInfo(under, (token) => ({ headers: { authorization: `Bearer ${token}` } })),
  'userinfo-post-header': (under) =>
    callUserInfo(under, (token) => ({ method: 'POST', headers: { authorization: `Bearer ${token}` } })),
  'userinfo-post-body': (under) =>
    callUserInfo(under, (access_token) => ({ method: 'POST', body: new URLSearchParams({ access_token }) })),
  'ensure-request-without-nonce-succeeds-for-code-flow': succeedsWith({ nonce: undefined }),
  'scope-profile': async ({ subject, rp }) => {
    const completed = await rp.complete(subject.browser(), { scope: 'openid profile' });
    expect(await rp.userInfo(completed)).toEqual({
      sub: jane.id,
      name: jane.name,
      preferred_username: jane.preferredUsername,
    });
  },
  // The module warns that the address is in the ID token too: Kubernetes reads nothing else.
  'scope-email': async ({ subject, rp }) => {
    const completed = await rp.complete(subject.browser(), { scope: 'openid email' });
    expect(await rp.userInfo(completed)).toEqual({
      sub: jane.id,
      email: jane.email,
      email_verified: true,
    });
    expect(completed.claims).not.toHaveProperty('name');
  },
  'scope-address': (under) => knowsNoScope(under, 'address'),
  'scope-phone': (under) => knowsNoScope(under, 'phone'),
  'scope-all': async ({ subject, rp }) => {
    const completed = await rp.complete(subject.browser(), { scope: 'openid profile email address phone' });
    expect(scopesOf(completed)).toEqual(['email', 'openid', 'profile']);
    expect(Object.keys(await rp.userInfo(completed)).sort()).toEqual(
      ['email', 'email_verified', 'name', 'preferred_username', 'sub'].sort(),
    );
  },
  'alternate-happy-flow': async ({ subject, rp }) => {
    const { url, ...asked } = rp.ask({ scope: 'email openid' });
    const reversed = new URL(url);
    reversed.search = new URLSearchParams([...url.searchParams].reverse()).toString();
    const browser = subject.browser();
    const callback = new URL((await walk(browser, reversed.href)).url);
    const completed = await rp.redeem({ ...asked, url: reversed, browser, callback });
    expect(await rp.userInfo(completed)).toMatchObject({ email: jane.email });
  },
  'display-page': succeedsWith({ display: 'page' }),
  'display-popup': succeedsWith({ display: 'popup' }),
  'prompt-login': (under) => signsInAgain(under, { prompt: 'login' }),
  'prompt-none-not-logged-in': async (under) => {
    const state = 's'.repeat(128);
    expect(await errorOf(under, { prompt: 'none', state })).toBe('login_required');
  },
  'prompt-none-logged-in': (under) => sameWithoutPage(under, () => ({ prompt: 'none' })),
  'max-age-1': (under) => signsInAgain(under, { max_age: '1' }),
  'max-age-10000': async (under) => {
    const { first } = await sameWithoutPage(under, () => ({ max_age: '10000' }), { max_age: '15000' });
    expect(first.claims.auth_time).toBeTypeOf('number');
  },
  'ensure-request-with-unknown-parameter-succeeds': succeedsWith({ extra: 'foobar' }),
  'id-token-hint': (under) => sameWithoutPage(under, (id_token_hint) => ({ prompt: 'none', id_token_hint })),
  'login-hint': async ({ subject, rp }) => {
    const { browser } = await rp.complete(subject.browser(), { login_hint: 'buffy@op.example' });
    expect(browser.seen.find(({ body }) => body.includes('name="password"'))?.body).toContain(
      'buffy@op.example',
    );
  },
  'ui-locales': succeedsWith({ ui_locales: 'se' }),
  'claims-locales': succeedsWith({ claims_locales: 'se' }),
  'ensure-request-with-acr-values-succeeds': succeedsWith({ acr_values: '1 2' }),
  codereuse: (under) => codeUsedTwice(under, 0),
  'codereuse-30seconds': async (under) => {
    const { access_token } = await codeUsedTwice(under, 30);
    const response = await fetch(`${under.subject.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${access_token}` },
    });
    expect(response.status).toBe(401);
  },
  'ensure-registered-redirect-uri': (under) =>
    leadsNowhere(under, { redirect_uri: `${planClient.redirectUri}/unregistered` }),
  'ensure-post-request-succeeds': async ({ subject, rp }) => {
    const { url, ...asked } = rp.ask();
    const browser = subject.browser();
    const posted = await browser.request(url.origin + url.pathname, {
      method: 'POST',
      body: url.searchParams,
    });
    const location = new URL(posted.headers.get('location') ?? '', url);
    await rp.redeem({ ...asked, url, browser, callback: new URL((await walk(browser, location.href)).url) });
  },
  'server-client-secret-post': async ({ subject, rp }) => {
    const byPost = await openRelyingParty(subject, planClient, client.ClientSecretPost);
    await byPost.complete(subject.browser());
    expect(rp.config.serverMetadata().token_endpoint_auth_methods_supported).toEqual(
      expect.arrayContaining(['client_secret_basic', 'client_secret_post']),
    );
  },
  // These three: refused by name, which the plan takes as not supported.
  'request-uri-unsigned-supported-correctly-or-rejected-as-unsupported': async (under) =>
    expect(await errorOf(under, { request_uri: 'https://rp.example/request.jwt' })).toBe(
      'request_uri_not_supported',
    ),
  'unsigned-request-object-supported-correctly-or-rejected-as-unsupported': async (under) =>
    expect(await errorOf(under, { request: requestObject({ scope: 'openid' }) })).toBe(
      'request_not_supported',
    ),
  'ensure-request-object-with-redirect-uri': async (under) => {
    const { redirectUri } = planClient;
    const request = requestObject({ redirect_uri: redirectUri });
    await leadsNowhere(under, { redirect_uri: `${redirectUri}/other`, request });
  },
  // The module warns that userinfo lacks the claim: the parameter is optional, and discovery says that it is not served.
  'claims-essential': async ({ subject, rp }) => {
    const claims = JSON.stringify({ userinfo: { name: { essential: true } } });
    await rp.complete(subject.browser(), { claims });
    expect(rp.config.serverMetadata()).toMatchObject({ claims_parameter_supported: false });
  },
  'refresh-token': async ({ subject, rp }) => {
    expect(rp.config.serverMetadata().grant_types_supported).toContain('refresh_token');
    const asked = { scope: 'openid offline_access', prompt: 'consent' };
    const first = await rp.complete(subject.browser(), asked);
    const refreshToken = first.tokens.refresh_token ?? '';
    expect(refreshToken).toMatch(/^[ -~]+$/);
    const second = await client.refreshTokenGrant(rp.config, refreshToken);
    for (const claim of ['iss', 'sub', 'aud', 'auth_time', 'azp']) {
      expect(second.claims()?.[claim], claim).toEqual(first.claims[claim]);
    }
    expect(Number(second.claims()?.iat)).toBeGreaterThanOrEqual(first.claims.iat);
    expect(second.access_token).not.toBe(first.tokens.access_token);
    expect(await client.fetchUserInfo(rp.config, second.access_token, jane.id)).toMatchObject({
      sub: jane.id,
    });
    const other = await openRelyingParty(subject, secondClient);
    const others = await other.complete(subject.browser(), asked);
    const { refresh_token: newest = '' } = await client.refreshTokenGrant(
      other.config,
      others.tokens.refresh_token ?? '',
    );
    await expect(client.refreshTokenGrant(rp.config, newest)).rejects.toMatchObject({
      error: 'invalid_grant',
      status: 400,
    });
  },
  'ensure-request-with-valid-pkce-succeeds': async ({ subject, rp }) => {
    const verifier = client.randomPKCECodeVerifier();
    const code_challenge = await client.calculatePKCECodeChallenge(verifier);
    const answered = await rp.answer(subject.browser(), { code_challenge, code_challenge_method: 'S256' });
    const checks = { pkceCodeVerifier: verifier, expectedState: answered.state, idTokenExpected: true };
    const expectedNonce = answered.nonce ?? '';
    const tokens = await client.authorizationCodeGrant(rp.config, answered.callback, {
      ...checks,
      expectedNonce,
    });
    expect(tokens.claims()?.sub).toBe(jane.id);
  },
};
