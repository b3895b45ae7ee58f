import { setImmediate as nextTurn } from 'node:timers/promises';
import { hashSync } from '@node-rs/bcrypt';
import { expect, it } from 'vitest';
import { createMemoryStore, type Store } from '../../src/store/index.ts';
import { formsOf } from './support/browser-like.ts';
import {
  credentials,
  jane,
  loopback,
  openDoor,
  redeem,
  signInFor,
  startAuthorization,
} from './support/door.ts';
import { loginPage } from './support/login-page.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const redirectOf = (name: string) => `https://${name}.example/callback`;

/** A store that others are served by meanwhile, as one over the network is. */
function slowStore(): Store {
  const memory = createMemoryStore();
  return {
    ...memory,
    async get(key) {
      await nextTurn();
      return memory.get(key);
    },
  };
}

it('S-105: a browser that is signed in opens several applications at once, and each gets its tokens', async () => {
  const clients = names.map((id) => ({ id, secret: `${id}-secret`, redirectURIs: [redirectOf(id)] }));
  const door = await openDoor({ clients, skipApprovalScreen: true, store: slowStore() });
  try {
    const browser = door.browser();
    const parties = await Promise.all(names.map((name) => door.relyingParty(name, `${name}-secret`)));
    const [first] = parties;
    if (first === undefined) throw new Error('no client');
    await signInFor(first, browser, { redirect_uri: redirectOf('a'), scope: 'openid' });
    const answers = await Promise.all(
      parties.map(async (config, index) => {
        const redirect_uri = redirectOf(names[index] ?? '');
        const attempt = await startAuthorization(config, { redirect_uri, scope: 'openid', prompt: 'none' });
        const { headers } = await browser.request(attempt.url);
        return { config, attempt, callback: headers.get('location') ?? '' };
      }),
    );
    const tokens = await Promise.all(
      answers.map(({ config, attempt, callback }) => redeem(config, attempt, callback)),
    );
    expect(new Set(tokens.map((one) => one.claims()?.['sid'])).size).toBe(names.length);
  } finally {
    await door.close();
  }
});

it('a form that is sent twice signs in by the second answer, when the first is not waited for', async () => {
  // Slow enough that the second comes while the first is looked at.
  const door = await openDoor({ passwords: [{ ...jane, hash: hashSync('password', 12) }] });
  try {
    const { browser, attempt, page } = await loginPage(door);
    const given = door.browser();
    for (const [key, cookie] of browser.cookies) given.cookies.set(key, cookie);
    const form = formsOf(page).find(({ action }) => action.endsWith('/login'));
    const first = given.request(form?.action ?? '', {
      method: 'POST',
      headers: { origin: door.issuer, 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ ...form?.fields, ...credentials }),
    });
    const { url } = await browser.submit(page, credentials, '/login');
    await first;
    expect(url.startsWith(loopback)).toBe(true);
    const tokens = await redeem(await door.relyingParty('kubectl'), attempt, url);
    expect(tokens.claims()).toMatchObject({ sub: 'id-jane' });
    const signIns = door.events.filter(({ action }) => action === 'sign-in');
    expect(signIns).toHaveLength(1);
  } finally {
    await door.close();
  }
});
