import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createMemoryStore, type Store } from '../../src/store/index.ts';
import { openDoor, redeem, signInFor, startAuthorization } from './support/door.ts';

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
