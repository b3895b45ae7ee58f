import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { keySetMaxAge, lookEvery, publishedFor, skew } from '../../../src/identity/keys/key-times.ts';
import { type Keys, type KeysDeps, openKeys } from '../../../src/identity/keys/keys.ts';
import { makeSigningKey } from '../../../src/identity/keys/make-key.ts';
import { createMemoryStore, createSealer, type LocalStore } from '../../../src/store/index.ts';
import { PATIENTLY } from '../../support/patiently.ts';

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
const [firstKey, secondKey] = [randomBytes(32), randomBytes(32)];

let store: LocalStore;
let now: number;
let log: string[];
let audited: unknown[];
let opened: Keys[];
let ended: number;
beforeEach(() => {
  store = createMemoryStore({ now: () => now });
  now = Date.UTC(2030, 0, 1);
  log = [];
  audited = [];
  opened = [];
  ended = 0;
});
afterEach(async () => {
  for (const keys of opened) await keys.close();
  await store.close();
});

async function open(options: Partial<KeysDeps> = {}): Promise<Keys> {
  const note = (_fields: object, message: string) => void log.push(message);
  const keys = await openKeys({
    store,
    sealer: createSealer(undefined),
    leader: { isLeader: () => true },
    algorithm: 'ES256',
    rotationPeriod: DAY,
    longest: () => ({ tokens: DAY, cookies: DAY }),
    now: () => now,
    log: { info: note, warn: note, error: note },
    audit: {
      record: async ({ action, actor, subject, detail }) =>
        void audited.push({ action, actor, subject, detail }),
    },
    endAll: async () => void ended++,
    ...options,
  });
  opened.push(keys);
  return keys;
}

const kids = (keys: Keys) => keys.keySet().keys.map(({ kid }) => kid);
const kept = async (name: string) => (await store.get(`identity/keys/${name}`))?.value ?? '';
const summary = (keys: Keys) => ({
  kids: kids(keys),
  cookies: keys.cookies(),
  forms: keys.forms(),
  refresh: keys.refresh(),
});

/** Time passes while the leader looks now and then. */
async function pass(keys: Keys, ms: number, every = 5 * 60_000): Promise<void> {
  for (const end = now + ms; now < end; ) {
    now = Math.min(end, now + every);
    await keys.look();
  }
}

describe('keys', () => {
  it('are the same for processes that start at once, and after a restart', async () => {
    const [first, second] = await Promise.all([open(), open()]);
    expect(summary(second)).toEqual(summary(first));
    expect(second.signing()).toEqual(first.signing());
    expect(summary(await open())).toEqual(summary(first));
  });

  it.each([
    ['RS256', ['alg', 'e', 'kid', 'kty', 'n', 'use']],
    ['ES256', ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']],
    ['EdDSA', ['alg', 'crv', 'kid', 'kty', 'use', 'x']],
  ] as const)('S-081: %s keys are published without a private member', async (algorithm, members) => {
    const [key] = (await open({ algorithm })).keySet().keys;
    expect(Object.keys(key ?? {}).sort()).toEqual(members);
    expect(key?.alg).toBe(algorithm);
    if (algorithm === 'RS256') expect(Buffer.from(key?.n ?? '', 'base64url')).toHaveLength(256);
  });

  it('are those of the first release where there are such', async () => {
    const { jwk } = await makeSigningKey('ES256');
    const put = (name: string, value: unknown) =>
      ({ type: 'put', key: `identity/keys/${name}`, value: JSON.stringify(value) }) as const;
    await store.txn(
      [],
      [put('signing', [jwk]), put('cookies', ['one']), put('forms', 'two'), put('refresh', 'three')],
    );
    const keys = await open();
    expect(keys.signing()).toEqual(jwk);
    expect([keys.cookies(), keys.forms(), keys.refresh()]).toEqual([['one'], ['two'], 'three']);
  });

  it('rotate: published for the time that verifiers cache, signing, retired, gone', async () => {
    const keys = await open();
    const [first] = kids(keys);
    await pass(keys, DAY - publishedFor - 60_000);
    expect(kids(keys)).toEqual([first]);
    const before = keys.keySet();
    expect(keys.keySet()).toBe(before);
    await pass(keys, 120_000, 60_000);
    const [, second] = kids(keys);
    expect(keys.keySet()).not.toBe(before);
    expect(keys.list().map(({ state }) => state)).toEqual(['signing', 'published']);
    expect(keys.signing().kid).toBe(first);
    await pass(keys, publishedFor, 60_000);
    expect(keys.signing().kid).toBe(second);
    expect(keys.list().map(({ kid, state }) => [kid, state])).toEqual([
      [second, 'signing'],
      [first, 'retired'],
    ]);
    expect(keys.signingAge()).toBeLessThanOrEqual(120_000);
    expect(keys.nextRotation() - now).toBeGreaterThan(DAY - 180_000);
    await pass(keys, DAY + skew + lookEvery);
    expect(kids(keys)).not.toContain(first);
  });

  it('are rotated by the leader alone, and every replica follows', async () => {
    const follower = await open({ leader: { isLeader: () => false } });
    const leader = await open();
    let changes = 0;
    follower.onChange(() => changes++);
    await pass(follower, 3 * DAY, HOUR);
    expect(changes).toBe(0);
    await pass(leader, DAY);
    expect(changes).toBeGreaterThan(0);
    expect(summary(follower)).toEqual(summary(leader));
    expect(follower.signing()).toEqual(leader.signing());
  });

  it('R-008: rotate once a period, though three processes believe that they lead', async () => {
    const replicas = [await open(), await open(), await open()];
    const seen = new Set<string | undefined>();
    for (let step = 0; step < 8 * 24; step++) {
      now += HOUR / 2;
      await Promise.all(replicas.map((keys) => keys.look()));
      const [first, ...others] = replicas.map(kids);
      for (const other of others) expect(other).toEqual(first);
      for (const kid of first ?? []) seen.add(kid);
    }
    // Four days, each with a new key; the last one's successor may be published already.
    expect(seen.size).toBeGreaterThanOrEqual(4);
    expect(seen.size).toBeLessThanOrEqual(6);
  });

  it('R-008: are not rotated anew by a leader that was paused between reading and writing', async () => {
    const writing = Promise.withResolvers<void>();
    const resumed = Promise.withResolvers<void>();
    let paused = false;
    const slow: KeysDeps['store'] = {
      ...store,
      async txn(conditions, writes) {
        if (paused) {
          writing.resolve();
          await resumed.promise;
        }
        return store.txn(conditions, writes);
      },
    };
    const [old, next] = [await open({ store: slow }), await open()];
    now += DAY - publishedFor;
    paused = true;
    const looking = old.look();
    await writing.promise;
    await next.look();
    const after = kids(next);
    expect(after).toHaveLength(2);
    resumed.resolve();
    await looking;
    expect([kids(old), kids(next)]).toEqual([after, after]);
  });

  it('rotate the secrets of cookies and forms: the first one signs, all verify', async () => {
    const keys = await open();
    const [[cookie], [form], refresh] = [keys.cookies(), keys.forms(), keys.refresh()];
    await pass(keys, 31 * DAY, HOUR);
    expect(keys.cookies()).toContain(cookie);
    expect(keys.cookies()[0]).not.toBe(cookie);
    expect(keys.forms()[0]).not.toBe(form);
    expect(keys.refresh()).toBe(refresh);
    await pass(keys, 2 * DAY, HOUR);
    expect(keys.cookies()).not.toContain(cookie);
    expect(keys.forms()).not.toContain(form);
  });

  it('that are gone from the store are not made anew in silence', async () => {
    const keys = await open();
    const before = keys.signing();
    await store.txn([], [{ type: 'delete', key: 'identity/keys/signing' }]);
    await expect(keys.look()).rejects.toThrow('identity/keys/signing is gone from the store');
    expect(keys.signing()).toBe(before);
  });
});

describe('an emergency', () => {
  it('has another key sign at once; what was signed before still verifies', async () => {
    const keys = await open();
    const [first] = kids(keys);
    const kid = await keys.rotate();
    expect(kids(keys)).toEqual([kid, first]);
    expect(keys.signing().kid).toBe(kid);
    expect([ended, keys.cookies().length]).toEqual([0, 1]);
  });

  it('is refused after half a minute when nobody leads, and nothing of it is left to be done', async () => {
    const keys = await open({ leader: { isLeader: () => false } });
    const before = kids(keys);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const asked = keys.rotate();
    asked.catch(() => {});
    await vi.waitFor(
      async () => expect((await store.list('identity/keys/rotation/')).entries).toHaveLength(1),
      PATIENTLY,
    );
    vi.advanceTimersByTime(30_000);
    await expect(asked).rejects.toMatchObject({ code: 'SP_IDENTITY_NO_LEADER' });
    expect((await store.list('identity/keys/rotation/')).entries).toEqual([]);
    expect(kids(keys)).toEqual(before);
  });

  it('with revoke takes the old keys and secrets away, and ends every session', async () => {
    const keys = await open();
    const before = summary(keys);
    const kid = await keys.rotate({ revoke: true });
    expect(kids(keys)).toEqual([kid]);
    expect(before.kids).not.toContain(kid);
    expect([keys.cookies().length, keys.forms().length]).toEqual([1, 1]);
    expect(keys.cookies()).not.toEqual(before.cookies);
    expect(keys.forms()).not.toEqual(before.forms);
    expect(keys.refresh()).not.toBe(before.refresh);
    expect(ended).toBe(1);
    for (const name of ['signing', 'cookies', 'forms'])
      expect(await kept(name)).not.toContain(before.cookies[0]);
  });

  it('is in the audit trail: who asked for it, or that it was due', async () => {
    const keys = await open();
    const kid = await keys.rotate({ by: { name: 'cli:root' } });
    const revoked = await keys.rotate({ revoke: true });
    for (const _ of [1, 2, 3]) {
      now += DAY;
      await keys.look();
      if (keys.signing().kid !== revoked) break;
    }
    await keys.look();
    expect(audited).toEqual([
      { action: 'key.rotate', actor: 'cli:root', subject: kid, detail: 'request' },
      { action: 'key.rotate', actor: undefined, subject: revoked, detail: 'revocation' },
      { action: 'key.rotate', actor: undefined, subject: keys.signing().kid, detail: 'due' },
    ]);
    expect(keys.signing().kid).not.toBe(revoked);
  });

  it('asked for by another process is carried out by the leader, once', async () => {
    let leads = false;
    const leader = await open({ leader: { isLeader: () => leads } });
    const asking = await open({ leader: { isLeader: () => false } });
    const [first] = kids(asking);
    const asked = asking.rotate({ revoke: true });
    await expect.poll(async () => (await store.list('identity/keys/rotation/')).entries.length).toBe(1);
    expect(kids(leader)).toEqual([first]);
    leads = true;
    await leader.look();
    const kid = await asked;
    expect([kids(asking), kids(leader)]).toEqual([[kid], [kid]]);
    await leader.look();
    expect([kids(leader), ended]).toEqual([[kid], 1]);
  });

  it('that failed half-way is finished, without a second new key', async () => {
    let fails = true;
    const keys = await open({
      async endAll() {
        if (fails) throw new Error('the store is away');
        ended++;
      },
    });
    const [first] = kids(keys);
    const asked = keys.rotate({ revoke: true });
    await expect.poll(() => log).toContain('rotating keys failed; it is tried again');
    const [second] = kids(keys);
    expect(second).not.toBe(first);
    fails = false;
    await keys.look();
    expect(await asked).toBe(second);
    expect(ended).toBe(1);
  });
});

describe('S-274: keys at rest', () => {
  const sealed = createSealer({ current: firstKey, previous: [] });
  const names = ['signing', 'cookies', 'forms', 'refresh'];

  it('are sealed, and opened with the same key only', async () => {
    const keys = await open({ sealer: sealed });
    for (const name of names) {
      const text = await kept(name);
      expect(text).toMatch(/^sealed\.1\./);
      expect(text).not.toContain('"d"');
    }
    expect(summary(await open({ sealer: sealed }))).toEqual(summary(keys));
    const before = await kept('signing');
    await expect(open({ sealer: createSealer({ current: secondKey, previous: [] }) })).rejects.toThrow(
      'is encrypted with the key',
    );
    await expect(open()).rejects.toThrow('storage.encryption is not configured');
    expect(await kept('signing')).toBe(before);
  });

  it('in clear are sealed as soon as there is a key to seal with, and sealed anew with a new one', async () => {
    const clear = await open();
    expect(summary(await open({ sealer: sealed }))).toEqual(summary(clear));
    for (const name of names) expect(await kept(name)).toMatch(/^sealed\.1\./);
    const turned = createSealer({ current: secondKey, previous: [firstKey] });
    expect(summary(await open({ sealer: turned }))).toEqual(summary(clear));
    const alone = createSealer({ current: secondKey, previous: [] });
    expect(summary(await open({ sealer: alone }))).toEqual(summary(clear));
  });
});

it('max-age is never longer than a key is published before it signs', () => {
  expect(keySetMaxAge).toBeLessThanOrEqual(publishedFor - skew);
});
