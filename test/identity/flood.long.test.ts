import { hashSync } from '@node-rs/bcrypt';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLifetimes } from '../../src/identity/provider/lifetimes.ts';
import { type FormSeen, formsOf, textOf } from './support/browser-like.ts';
import { type Door, type DoorOptions, jane, loopback, openDoor, startAuthorization } from './support/door.ts';

const minute = 60_000;
const frozen = Date.now();
/** Checks that last long enough to meet one another. */
const slowJane = { ...jane, hash: hashSync('password', 10) };

async function open(options: DoorOptions = {}): Promise<Door> {
  const door = await openDoor({ trustedProxies: ['127.0.0.1'], ...options });
  onTestFinished(() => door.close());
  return door;
}

/** A sign-in page of a browser of its own, ready to be sent from any address: 303 when it signs in, else what the page says then. */
async function signInPage(door: Door) {
  const { url } = await startAuthorization(await door.relyingParty('kubectl'), {
    redirect_uri: loopback,
    scope: 'openid',
  });
  const browser = door.browser();
  const form = formsOf(await browser.open(url))[0] as FormSeen;
  return async (username: string, password: string, address: string) => {
    const headers = { 'x-forwarded-for': address };
    const body = new URLSearchParams({ ...form.fields, username, password });
    const answer = await browser.request(form.action, { method: 'POST', headers, body });
    const location = new URL(answer.headers.get('location') ?? form.action, form.action).href;
    return form.action === `${location}/login` ? browser.request(location, { headers }) : answer;
  };
}

async function attempt(door: Door, username: string, password: string, address: string) {
  return (await signInPage(door))(username, password, address);
}

describe('a flood of wrong passwords from one address', () => {
  it('S-112: keeps nobody at another address out', async () => {
    const door = await open({ passwords: [slowJane] });
    const pages = await Promise.all(Array.from({ length: 60 }, () => signInPage(door)));
    const jane = await signInPage(door);
    const flood = pages.map((send, index) => send(`nobody-${index}`, 'wrong', '192.0.2.1'));
    // The queue is as full as it gets.
    await Promise.any(flood.map(async (answer) => expect([429, 503]).toContain((await answer).status)));
    expect((await jane('jane', 'password', '192.0.2.2')).status).toBe(303);
    const statuses = (await Promise.all(flood)).map(({ status }) => status);
    expect([...new Set(statuses)].sort()).toEqual([200, 429]);
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(20);
  });

  it('is slowed down after 20 in 5 minutes, whatever accounts they are for; who has signed in there is not', async () => {
    let time = Date.now();
    const door = await open({ now: () => time });
    expect((await attempt(door, 'jane', 'password', '2001:db8::1')).status).toBe(303);
    for (let failure = 0; failure < 20; failure++) {
      expect((await attempt(door, `nobody-${failure}`, 'wrong', `2001:db8::${failure}`)).status).toBe(200);
    }
    const bob = await attempt(door, 'bob', 'password', '2001:db8::1');
    expect([bob.status, bob.headers.get('retry-after')]).toEqual([429, '15']);
    expect(textOf(bob)).toContain('Too many attempts. Try again in 15 seconds.');
    for (let again = 0; again < 3; again++) {
      expect((await attempt(door, 'jane', 'password', '2001:db8::1')).status).toBe(303);
      // Signing in oneself buys no guess at somebody else's account.
      expect((await attempt(door, 'bob', 'wrong', '2001:db8::1')).status).toBe(429);
    }
    expect((await attempt(door, 'bob', 'password', '2001:db8:0:1::1')).status).toBe(303);
    time += 15_000;
    expect((await attempt(door, 'nobody', 'wrong', '2001:db8::1')).status).toBe(200);
    expect((await attempt(door, 'nobody', 'wrong', '2001:db8::1')).status).toBe(429);
  });

  it('counts no sign-in that succeeds', async () => {
    const door = await open();
    for (let time = 0; time < 25; time++) {
      expect((await attempt(door, time % 2 ? 'jane' : 'bob', 'password', '192.0.2.1')).status).toBe(303);
    }
  });

  it('S-119: has one password of a sign-in checked at a time', async () => {
    const door = await open({ passwords: [slowJane] });
    const send = await signInPage(door);
    await Promise.all(Array.from({ length: 5 }, () => send('jane', 'wrong', '192.0.2.1')));
    expect(
      door.events.filter(({ action, result }) => action === 'sign-in' && result === 'failure'),
    ).toHaveLength(1);
    expect((await send('jane', 'password', '192.0.2.1')).status).toBe(303);
  });
});

it('S-109: the spellings of a login are throttled as one, and S-108: two logins are not told to be one account', async () => {
  const door = await open({ now: () => frozen });
  const email = 'jane@example.com';
  for (const name of [email, 'JANE@example.com', 'Jane@Example.com', ` ${email}`, email]) {
    expect((await attempt(door, name, 'wrong', '192.0.2.1')).status).toBe(200);
  }
  expect((await attempt(door, email, 'password', '192.0.2.1')).status).toBe(429);
  expect((await attempt(door, 'jane', 'wrong', '192.0.2.1')).status).toBe(200);
});

describe('T18: sign-ins that nobody ends', () => {
  it('are kept for 15 minutes unless configured otherwise', () => {
    expect(createLifetimes(undefined, Date.now).authRequests).toBe(15 * minute);
    expect(createLifetimes({ authRequests: 24 * 60 * minute }, Date.now).authRequests).toBe(24 * 60 * minute);
  });

  async function request(door: Door, change: Record<string, string>, address = '192.0.2.1') {
    const { url } = await startAuthorization(await door.relyingParty('kubectl'), {
      redirect_uri: loopback,
      scope: 'openid',
      ...change,
    });
    return fetch(url, { redirect: 'manual', headers: { 'x-forwarded-for': address } });
  }

  it('are bounded to 100 a minute from one address; requests that begin none do not count', async () => {
    let time = Date.now();
    const door = await open({ now: () => time });
    const statuses = async (change: Record<string, string>) => {
      const all = [];
      for (let one = 0; one < 101; one++) all.push((await request(door, change)).status);
      return all;
    };
    expect(await statuses({ prompt: 'none' })).toEqual(Array(101).fill(303));
    expect(await statuses({})).toEqual([...Array(100).fill(303), 429]);
    const refused = await request(door, {});
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await refused.text()).toContain('Wait a few seconds and try again.');
    expect((await request(door, {}, '192.0.2.2')).status).toBe(303);
    time += minute;
    expect((await request(door, {})).status).toBe(303);
  });

  it('let no browser without a session have more than 100 sessions a minute', async () => {
    const door = await open({ now: () => frozen });
    const browser = door.browser();
    const { url } = await startAuthorization(await door.relyingParty('kubectl'), {
      redirect_uri: loopback,
      scope: 'openid',
    });
    const begun = await browser.request(url);
    const page = await browser.request(new URL(begun.headers.get('location') ?? '', url).href);
    const cookie = [...browser.cookies.values()]
      .filter(({ name }) => !name.startsWith('sallyport_page'))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
    const statuses = [];
    for (let one = 0; one < 101; one++)
      statuses.push((await fetch(page.url, { headers: { cookie } })).status);
    expect(statuses).toEqual([...Array(99).fill(200), 429, 429]);
    expect((await browser.request(page.url)).status).toBe(200);
  });

  it.each<[string, Record<string, string>, number, string]>([
    ['state of 2048 characters', { state: 's'.repeat(2048) }, 303, ''],
    ['state of 2049', { state: 's'.repeat(2049) }, 400, 'state is longer than 2048 characters'],
    ['nonce of 2049', { nonce: 'n'.repeat(2049) }, 400, 'nonce is longer than 2048 characters'],
    ['login_hint of 2049', { login_hint: 'x'.repeat(2049) }, 400, 'login_hint is longer'],
    ['an unknown one of 2049', { '<b>': 'x'.repeat(2049) }, 400, 'a parameter is longer'],
    ['17 kB in all', { a: 'x'.repeat(17_000) }, 414, 'cannot be answered'],
  ])('hold no large parameter: %s', async (_name, change, status, text) => {
    const answer = await request(await open(), change);
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(status === 400 ? `invalid_request: ${text}` : text);
  });
});

it.each(['/token', '/token/revoke', '/userinfo', '/logout/confirm'])(
  'no body of 64 kB is read at %s',
  async (path) => {
    const door = await open();
    const answer = await fetch(`${door.issuer}${path}`, {
      method: 'POST',
      body: new URLSearchParams({ code: 'x'.repeat(65_536) }),
    });
    expect(answer.status).toBe(413);
  },
);
