/**
 * The modules of the OpenID Foundation's RP-initiated logout plan (`oidcc-rp-initiated-logout-certification-test-plan`), one
 * test each, named as there, over TLS as the product is served.
 */
import * as jose from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BrowserLike, PageSeen } from '../support/browser-like.ts';
import { type Door, openDoor } from '../support/door.ts';
import { expectHttpsEndpoints, readDiscovery } from './discovery-document.ts';
import { openRelyingParty, type RelyingParty } from './relying-party.ts';

const planClient = { id: 'plan', secret: 'plan-secret', redirectUri: 'https://rp.example/test/a/callback' };
const bye = 'https://rp.example/test/a/post_logout_redirect';

let door: Door;
let rp: RelyingParty;
beforeAll(async () => {
  const { id, secret, redirectUri } = planClient;
  const registered = { id, secret, redirectURIs: [redirectUri], postLogoutRedirectURIs: [bye] };
  door = await openDoor({ clients: [registered], secure: true });
  rp = await openRelyingParty(door, planClient);
});
afterAll(() => door.close());

interface SignedIn {
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

async function signIn(): Promise<SignedIn> {
  const browser = door.browser();
  const { idToken } = await rp.complete(browser);
  return { browser, idToken, state: 's'.repeat(128) };
}

/** Whether a page wants to know first. */
const asks = ({ body }: Pick<PageSeen, 'body'>) =>
  body.includes('name="logout"') || body.includes('/logout/confirm');

async function signOut(signedIn: SignedIn, request: Request): Promise<PageSeen> {
  const url = new URL(rp.config.serverMetadata().end_session_endpoint ?? '');
  url.search = new URLSearchParams(await request(signedIn)).toString();
  const page = await signedIn.browser.open(url.href);
  return asks(page) ? signedIn.browser.submit(page, { logout: 'yes' }) : page;
}

/** What prompt=none answers in the browser. */
async function silently({ browser }: SignedIn): Promise<string> {
  const { callback } = await rp.answer(browser, { prompt: 'none' });
  return callback.searchParams.get('error') ?? 'signed in';
}

async function leadsBack(request: Request, query: (signedIn: SignedIn) => string): Promise<void> {
  const signedIn = await signIn();
  expect((await signOut(signedIn, request)).url).toBe(`${bye}${query(signedIn)}`);
  expect(await silently(signedIn)).toBe('login_required');
}

async function signsOutHere(request: Request): Promise<void> {
  const signedIn = await signIn();
  const before = signedIn.browser.seen.length;
  const page = await signOut(signedIn, request);
  const hinted = 'id_token_hint' in (await request(signedIn));
  if (!hinted) expect(signedIn.browser.seen.slice(before).some(asks)).toBe(true);
  expect([page.status, page.title]).toEqual([200, 'You are signed out – Sallyport']);
  expect(await silently(signedIn)).toBe('login_required');
}

/** Nobody is led anywhere, and nobody is signed out without having been asked. */
async function isRefused(request: Request): Promise<void> {
  const signedIn = await signIn();
  const page = await signOut(signedIn, request);
  expect([page.status, new URL(page.url).origin, page.headers.get('location')]).toEqual([
    400,
    door.issuer,
    null,
  ]);
  expect(await silently(signedIn)).toBe('signed in');
}

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
async function clientsOwnHint(): Promise<string> {
  const { privateKey } = await jose.generateKeyPair('RS256');
  const { issuer } = door;
  const claims = { iss: planClient.id, aud: issuer, sub: 'SubjectID', nonce: 'n' };
  return new jose.SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(privateKey);
}

const modules: Readonly<Record<string, () => Promise<void>>> = {
  '-discovery-endpoint-verification': async () => {
    const document = await readDiscovery(door);
    expectHttpsEndpoints(door, document);
    expect(document['end_session_endpoint']).toBe(`${door.issuer}/logout`);
  },
  '': () => leadsBack(whole, ({ state }) => `?state=${state}`),
  '-bad-post-logout-redirect-uri': () =>
    isRefused(changed(() => ({ post_logout_redirect_uri: `${bye}/other` }))),
  '-modified-id-token-hint': () =>
    isRefused(
      changed(({ idToken }) => {
        const none = Buffer.from('{"alg":"none"}').toString('base64url');
        return { id_token_hint: `${none}.${idToken.split('.')[1]}.` };
      }),
    ),
  // Without a hint it asks first, and leads nowhere: nobody has said whose address it is.
  '-no-id-token-hint': () => signsOutHere(without('id_token_hint')),
  '-no-params': () => signsOutHere(() => ({})),
  '-no-post-logout-redirect-uri': () => signsOutHere(without('post_logout_redirect_uri')),
  '-no-state': () => leadsBack(without('state'), () => ''),
  '-only-state': () => signsOutHere(without('id_token_hint', 'post_logout_redirect_uri')),
  '-query-added-to-post-logout-redirect-uri': () =>
    isRefused(changed(() => ({ post_logout_redirect_uri: `${bye}?foo=bar` }))),
  '-bad-id-token-hint': () => isRefused(changed(async () => ({ id_token_hint: await clientsOwnHint() }))),
};

describe('the modules of the RP-initiated logout plan', () => {
  it('are all here', () => expect(Object.keys(modules)).toHaveLength(11));
  it.each(Object.keys(modules))('oidcc-rp-initiated-logout%s', (name) => modules[name]?.());
});

it('the client finds the endpoint where openid-client looks for it', async () => {
  const { idToken } = await signIn();
  const url = client.buildEndSessionUrl(rp.config, { id_token_hint: idToken });
  expect(url.origin + url.pathname).toBe(`${door.issuer}/logout`);
});
