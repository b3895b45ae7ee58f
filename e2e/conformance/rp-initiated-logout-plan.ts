/**
 * The modules of the OpenID Foundation's RP-initiated logout plan (`oidcc-rp-initiated-logout-certification-test-plan`), named as
 * there without their prefix `oidcc-rp-initiated-logout`.
 */
import * as jose from 'jose';
import * as client from 'openid-client';
import { expect } from 'vitest';
import type { BrowserLike, PageSeen } from '../../test/identity/support/browser-like.ts';
import { expectHttpsEndpoints, readDiscovery } from './discovery-document.ts';
import type { Module, Plan, Under } from './plan.ts';
import { bye, planClient } from './subject.ts';

interface SignedIn extends Under {
  readonly browser: BrowserLike;
  readonly idToken: string;
  readonly state: string;
}

type Request = (signedIn: SignedIn) => Promise<Record<string, string>> | Record<string, string>;

const whole: Request = ({ idToken, state }) => ({
  id_token_hint: idToken,
  post_logout_redirect_uri: bye,
  state,
});

async function signIn(under: Under): Promise<SignedIn> {
  const browser = under.subject.browser();
  const { idToken } = await under.rp.complete(browser);
  return { ...under, browser, idToken, state: 's'.repeat(128) };
}

/** Whether a page wants to know first. */
const asks = ({ body }: Pick<PageSeen, 'body'>) =>
  body.includes('name="logout"') || body.includes('/logout/confirm');

async function signOut(signedIn: SignedIn, request: Request): Promise<PageSeen> {
  const url = new URL(signedIn.rp.config.serverMetadata().end_session_endpoint ?? '');
  url.search = new URLSearchParams(await request(signedIn)).toString();
  const page = await signedIn.browser.open(url.href);
  return asks(page) ? signedIn.browser.submit(page, { logout: 'yes' }) : page;
}

/** What prompt=none answers in the browser. */
async function silently({ browser, rp }: SignedIn): Promise<string> {
  const { callback } = await rp.answer(browser, { prompt: 'none' });
  return callback.searchParams.get('error') ?? 'signed in';
}

const leadsBack =
  (request: Request, query: (signedIn: SignedIn) => string): Module =>
  async (under) => {
    const signedIn = await signIn(under);
    expect((await signOut(signedIn, request)).url).toBe(`${bye}${query(signedIn)}`);
    expect(await silently(signedIn)).toBe('login_required');
  };

const signsOutHere =
  (request: Request): Module =>
  async (under) => {
    const signedIn = await signIn(under);
    const before = signedIn.browser.seen.length;
    const page = await signOut(signedIn, request);
    const hinted = 'id_token_hint' in (await request(signedIn));
    if (!hinted) expect(signedIn.browser.seen.slice(before).some(asks)).toBe(true);
    expect(page.status).toBe(200);
    expect(page.title).toMatch(/^You are signed out/);
    expect(await silently(signedIn)).toBe('login_required');
  };

/** Nobody is led anywhere, and nobody is signed out without having been asked. */
const isRefused =
  (request: Request): Module =>
  async (under) => {
    const signedIn = await signIn(under);
    const page = await signOut(signedIn, request);
    expect([page.status, new URL(page.url).origin, page.headers.get('location')]).toEqual([
      400,
      under.subject.issuer,
      null,
    ]);
    expect(await silently(signedIn)).toBe('signed in');
  };

const without =
  (...names: readonly string[]): Request =>
  async (signedIn) =>
    Object.fromEntries(Object.entries(await whole(signedIn)).filter(([name]) => !names.includes(name)));

const changed =
  (change: Request): Request =>
  async (signedIn) => ({
    ...(await whole(signedIn)),
    ...(await change(signedIn)),
  });

/** A hint that the client has signed itself. */
async function clientsOwnHint({ subject: { issuer } }: Under): Promise<string> {
  const { privateKey } = await jose.generateKeyPair('RS256');
  const claims = { iss: planClient.id, aud: issuer, sub: 'SubjectID', nonce: 'n' };
  return new jose.SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(privateKey);
}

export const rpInitiatedLogoutPlan: Plan = {
  '-discovery-endpoint-verification': async ({ subject, rp }) => {
    const document = await readDiscovery(subject);
    expectHttpsEndpoints(subject, document);
    expect(document['end_session_endpoint']).toBe(`${subject.issuer}/logout`);
    // Where openid-client finds it, too.
    const url = client.buildEndSessionUrl(rp.config, {});
    expect(url.origin + url.pathname).toBe(`${subject.issuer}/logout`);
  },
  '': leadsBack(whole, ({ state }) => `?state=${state}`),
  '-bad-post-logout-redirect-uri': isRefused(changed(() => ({ post_logout_redirect_uri: `${bye}/other` }))),
  '-modified-id-token-hint': isRefused(
    changed(({ idToken }) => {
      const none = Buffer.from('{"alg":"none"}').toString('base64url');
      return { id_token_hint: `${none}.${idToken.split('.')[1]}.` };
    }),
  ),
  // Without a hint it asks first, and leads nowhere: nobody has said whose address it is.
  '-no-id-token-hint': signsOutHere(without('id_token_hint')),
  '-no-params': signsOutHere(() => ({})),
  '-no-post-logout-redirect-uri': signsOutHere(without('post_logout_redirect_uri')),
  '-no-state': leadsBack(without('state'), () => ''),
  '-only-state': signsOutHere(without('id_token_hint', 'post_logout_redirect_uri')),
  '-query-added-to-post-logout-redirect-uri': isRefused(
    changed(() => ({ post_logout_redirect_uri: `${bye}?foo=bar` })),
  ),
  '-bad-id-token-hint': isRefused(changed(async (under) => ({ id_token_hint: await clientsOwnHint(under) }))),
};
