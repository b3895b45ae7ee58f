import { readFileSync } from 'node:fs';
import { SignJWT, UnsecuredJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashOf } from '../../../src/identity/provider/stored-model.ts';
import { type BrowserLike, textOf } from '../support/browser-like.ts';
import { type Door, dump } from '../support/door.ts';
import { type Behaviour, type FakeProvider, startFakeProvider } from './fake-provider.ts';
import { beginSignIn, choose, connectorTo, openDoorWith } from './support.ts';

let corp: FakeProvider;
let evil: FakeProvider;
let door: Door;

beforeEach(async () => {
  corp = await startFakeProvider();
  evil = await startFakeProvider();
  door = await openDoorWith((base) => [
    connectorTo(corp.issuer, base, 'corp', { getUserInfo: true }),
    connectorTo(evil.issuer, base, 'evil'),
  ]);
});

afterEach(async () => {
  await door.close();
  await corp.close();
  await evil.close();
});

/** At the page of a connector. */
async function leave(id = 'corp', parameters = {}) {
  const { browser, page } = await beginSignIn(door, parameters);
  const there = await choose(browser, page, id);
  return { browser, there, state: new URL(there.url).searchParams.get('state') ?? '' };
}

const isIn = async (browser: BrowserLike) =>
  !textOf(await browser.open(`${door.issuer}/`)).includes('You are not signed in');

/** What the last sign-in came to on the trail. */
const lastReason = () => door.events.findLast(({ action }) => action === 'sign-in')?.reason;

describe('S-128: an answer counts once, in the browser that has left for it', () => {
  it('not without its state, nor with another one', async () => {
    const { browser, there } = await leave();
    const back = corp.authorize(there.url);
    for (const state of ['', 'nothing', hashOf('nothing')]) {
      const url = new URL(back);
      url.searchParams.set('state', state);
      expect((await browser.open(url.href)).status).toBe(400);
    }
    expect(await isIn(browser)).toBe(false);
  });

  it('not twice', async () => {
    const { browser, there } = await leave();
    const back = corp.authorize(there.url);
    const cookies = new Map(browser.cookies);
    expect((await browser.open(back)).url).not.toContain('/callback');
    for (const [name, cookie] of cookies) browser.cookies.set(name, cookie);
    expect((await browser.open(back)).status).toBe(400);
    expect(corp.asked['token']).toBe(1);
  });

  it('once only of many at once', async () => {
    const { browser, there } = await leave();
    const back = corp.authorize(there.url);
    const answers = await Promise.all(Array.from({ length: 20 }, () => browser.request(back)));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(corp.asked['token']).toBe(1);
  });

  it('not in another browser, which then leaves it to the one that it is for', async () => {
    const { browser, there } = await leave();
    const back = corp.authorize(there.url);
    const other = (await leave()).browser;
    expect((await other.open(back)).status).toBe(400);
    expect(corp.asked['token']).toBeUndefined();
    await browser.open(back);
    expect(lastReason()).toBeUndefined();
  });

  it('not with the state of a sign-in of another tab, whose cookie is another one', async () => {
    const first = await leave();
    const page = await beginSignIn(door, {}, first.browser);
    const second = await choose(first.browser, page.page, 'corp');
    const url = new URL(corp.authorize(first.there.url));
    url.searchParams.set('state', new URL(second.url).searchParams.get('state') ?? '');
    const end = await first.browser.open(url.href);
    // The code is of the first one's nonce and verifier.
    expect(textOf(end)).toContain('could not be trusted');
    expect(lastReason()).toBe('invalid');
  });

  it('and nothing in the store would let anybody go on with it', async () => {
    const { state, there, browser } = await leave();
    const stored = await dump(door.store);
    const { searchParams } = new URL(there.url);
    const cookie = [...browser.cookies.values()].find(({ name }) => name.startsWith('sallyport_upstream_'));
    for (const secret of [state, searchParams.get('nonce') ?? '', cookie?.value.split('.')[0] ?? ''])
      expect(stored).not.toContain(secret);
  });
});

describe('S-129: connectors are not mixed up', () => {
  it('by an answer of one at the address of the other', async () => {
    const { browser, there } = await leave('evil');
    const swapped = evil.authorize(there.url).replace('/callback/evil', '/callback/corp');
    expect((await browser.open(swapped)).status).toBe(400);
    expect(evil.asked['token']).toBeUndefined();
    expect(corp.asked['token']).toBeUndefined();
  });

  it.each([
    ['of another issuer', () => evil.issuer],
    ['of none, where the provider says that it names itself', () => ''],
  ])('by an answer %s (RFC 9207)', async (_what, iss) => {
    const { browser, there } = await leave();
    const end = await browser.open(corp.authorize(there.url, { iss: iss() }));
    expect(textOf(end)).toContain('could not be trusted');
    expect(corp.asked['token']).toBeUndefined();
  });
});

const time = () => Math.floor(Date.now() / 1000);
const key = new TextEncoder().encode('upstream-secret');

const bad: readonly (readonly [what: string, behaviour: Behaviour])[] = [
  ['of another issuer', { claims: { iss: 'https://evil.example' } }],
  ['without an issuer', { claims: { iss: undefined } }],
  ['for another client', { claims: { aud: 'somebody-else' } }],
  ['for several, ours not the authorized one', { claims: { aud: ['sallyport', 'b'], azp: 'b' } }],
  ['for nobody', { claims: { aud: undefined } }],
  ['with another nonce (S-130)', { claims: { nonce: 'other' } }],
  ['without a nonce (S-130)', { claims: { nonce: undefined } }],
  ['that is over', { claims: { exp: time() - 3600, iat: time() - 7200 } }],
  ['without an end', { claims: { exp: undefined } }],
  ['without a time', { claims: { iat: undefined } }],
  ['about nobody', { claims: { sub: undefined } }],
  ['with alg none', { forge: (_token, payload) => new UnsecuredJWT(payload).encode() }],
  [
    'signed with the secret',
    { forge: (_token, payload) => new SignJWT(payload).setProtectedHeader({ alg: 'HS256' }).sign(key) },
  ],
  ['whose signature is cut', { forge: (token) => token.slice(0, -8) }],
  [
    'whose payload is another',
    {
      forge: (token) =>
        token.replace(/\.[^.]+\./, `.${Buffer.from('{"sub":"root"}').toString('base64url')}.`),
    },
  ],
  ['with a kid that nobody knows (S-070)', { header: { kid: 'nobody' } }],
  ['that is none', { forge: () => 'nothing' }],
];

describe('S-131: an ID token proves nothing', () => {
  it.each(bad)('%s', async (_what, behaviour) => {
    Object.assign(corp.behaviour, behaviour);
    const { browser, there } = await leave();
    const end = await browser.open(corp.authorize(there.url));
    expect(textOf(end)).toContain('There is a problem');
    expect(['invalid', 'unreachable']).toContain(lastReason());
    expect(await isIn(browser)).toBe(false);
  });

  it('beside userinfo about somebody else', async () => {
    corp.behaviour.userinfo = { sub: 'u-2' };
    const { browser, there } = await leave();
    await browser.open(corp.authorize(there.url));
    expect(lastReason()).toBe('invalid');
  });

  it('older than the application wants the sign-in to be', async () => {
    corp.behaviour.claims = { auth_time: time() - 3600 };
    const { browser, there } = await leave('corp', { max_age: '60' });
    await browser.open(corp.authorize(there.url));
    expect(lastReason()).toBe('invalid');
  });

  it('unless its key is one that the provider has put up since', async () => {
    await corp.rotateKey();
    const { browser, there } = await leave();
    await browser.open(corp.authorize(there.url));
    expect(lastReason()).toBeUndefined();
    expect(await isIn(browser)).toBe(true);
  });

  it('with a key that it has not put up', async () => {
    await corp.rotateKey(false);
    const { browser, there } = await leave();
    await browser.open(corp.authorize(there.url));
    expect(lastReason()).toBe('invalid');
  });
});

describe('S-132, S-151: a provider that answers badly', () => {
  it.each([
    ['another issuer’s discovery document', { issuer: 'https://evil.example' }],
    ['http elsewhere', { token_endpoint: 'http://elsewhere.example/token' }],
    ['an address near us', { token_endpoint: 'https://169.254.169.254/token' }],
    ['localhost under TLS', { jwks_uri: 'https://localhost/jwks' }],
    ['no address', { authorization_endpoint: undefined }],
  ])('with %s is not asked any further', async (_what, discovery) => {
    corp.behaviour.discovery = discovery;
    const { browser, page } = await beginSignIn(door);
    const end = await choose(browser, page, 'corp');
    expect(textOf(end)).toContain('There is no answer from there.');
    expect(textOf(end)).toContain('does not answer at the moment');
    expect(corp.asked['token']).toBeUndefined();
    // Not again within the second.
    await choose(browser, end, 'corp');
    expect(corp.asked['discovery']).toBe(1);
  });

  it.each([
    ['too much', { body: Buffer.alloc(1024 * 1024 + 1, 32) }],
    ['compressed', { headers: { 'content-encoding': 'br' }, body: Buffer.from([0]) }],
    ['elsewhere', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }],
    ['an error', { status: 500 }],
    ['no JSON', { body: '<html>' }],
  ] as const)(
    'with %s for a code signs nobody in, and sends the secret nowhere else',
    async (_what, answer) => {
      const { browser, there } = await leave();
      corp.behaviour.answer = { token: answer };
      const end = await browser.open(corp.authorize(there.url));
      expect(textOf(end)).toContain('There is no answer from there.');
      expect(lastReason()).toBe('unreachable');
      expect(await isIn(browser)).toBe(false);
    },
  );

  it('is not waited for at the start', async () => {
    await corp.close();
    const other = await openDoorWith((base) => [connectorTo(corp.issuer, base)]);
    expect((await beginSignIn(other)).page.status).toBe(200);
    await other.close();
    corp = await startFakeProvider();
  });
});

describe('who may not come in', () => {
  it('S-134: whose e-mail address nobody vouches for', async () => {
    for (const claim of ['true', undefined]) {
      corp.behaviour.claims = { email_verified: claim };
      const { browser, there } = await leave();
      await browser.open(corp.authorize(there.url));
      expect(lastReason()).toBe('refused');
    }
  });

  it('S-138: whose groups are not all there, or are names of Kubernetes’ own', async () => {
    for (const groups of [['system:masters'], [1], 'x'.repeat(300), { a: 1 }]) {
      corp.behaviour.claims = { groups };
      const { browser, there } = await leave();
      await browser.open(corp.authorize(there.url));
      expect(lastReason()).toBe('refused');
    }
  });

  it('S-136: and the same id at two connectors is two people', async () => {
    for (const id of ['corp', 'evil']) {
      const { browser, there } = await leave(id);
      await browser.open((id === 'corp' ? corp : evil).authorize(there.url));
    }
    const subjects = door.events.filter(({ action, result }) => action === 'sign-in' && result === 'success');
    expect(new Set(subjects.map(({ subject }) => subject)).size).toBe(2);
  });
});

describe('the library', () => {
  it('is read when somebody first signs in elsewhere, not before', () => {
    const source = readFileSync('src/identity/connectors/oidc/provider-client.ts', 'utf8');
    expect(source).toContain("await import('openid-client')");
    expect(source).not.toMatch(/^import (?!type)[^;]*'openid-client'/m);
  });
});
