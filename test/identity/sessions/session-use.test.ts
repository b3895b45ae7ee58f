import { beforeEach, describe, expect, it } from 'vitest';
import { type SessionRecord, sessionsPrefix } from '../../../src/identity/sessions/session-record.ts';
import {
  createSessionUse,
  type GrantUse,
  type SessionUse,
} from '../../../src/identity/sessions/session-use.ts';
import { createExpiring, createMemoryStore, type Expiring, type Store } from '../../../src/store/index.ts';

const second = 1000;
const minute = 60 * second;
const day = 24 * 60 * minute;

let now: number;
let store: Store;
let sessions: Expiring<SessionRecord>;
let ended: Expiring<true>;
let use: SessionUse;
beforeEach(() => {
  now = 1_800_000_000_000;
  store = createMemoryStore();
  sessions = createExpiring(store, { prefix: 'sessions/', now: () => now });
  ended = createExpiring(store, { prefix: 'ended/', now: () => now });
  use = createSessionUse({ sessions, ended, now: () => now });
});

const browser = {
  id: 'browser',
  accountId: 'jane',
  address: '192.0.2.1',
  userAgent: 'Mozilla/5.0 (X11; Linux)',
};
const grant = (changes: Partial<GrantUse> = {}): GrantUse => ({
  id: 'grant',
  accountId: 'jane',
  clientId: 'kubectl',
  browser: 'browser',
  bound: false,
  scopes: ['openid'],
  expiresAt: now + day,
  address: '192.0.2.1',
  userAgent: 'kubelogin/v1 (linux/amd64)',
  ...changes,
});

async function records(accountId = 'jane'): Promise<SessionRecord[]> {
  const found = [];
  for await (const { value } of sessions.entries(sessionsPrefix(accountId))) found.push(value);
  return found;
}

describe('the use of a session', () => {
  it('is written at most once a minute', async () => {
    await use.grantUsed(grant());
    const before = await store.revision();
    now += 59 * second;
    await use.grantUsed(grant());
    expect(await store.revision()).toBe(before);
    now += second;
    await use.grantUsed(grant({ address: '198.51.100.7' }));
    expect(await records()).toMatchObject([{ lastUsedAt: now, address: '198.51.100.7' }]);
  });

  it('is written at once when the session lasts longer for it', async () => {
    await use.browserUsed({ ...browser, expiresAt: now + 60 * minute });
    now += second;
    await use.browserUsed({ ...browser, expiresAt: now + day });
    expect(await records()).toMatchObject([{ expiresAt: now + day }]);
  });

  it('knows the browser that a grant was given in, and the program that uses it', async () => {
    await use.browserUsed({ ...browser, expiresAt: now + day });
    await use.grantUsed(grant());
    const [, application] = await records();
    expect(application).toMatchObject({ signedInWith: 'Linux', lastUsedWith: 'kubelogin on Linux' });
  });

  it('stays in the list for as long as a refresh token lives that was issued within the minute', async () => {
    const idle = 5 * minute;
    await use.grantUsed(grant({ expiresAt: now + idle }));
    now += 59 * second;
    await use.grantUsed(grant({ expiresAt: now + idle }));
    now += idle - second;
    expect(await records()).toHaveLength(1);
  });

  it('is not shortened by a code that is on its way', async () => {
    await use.grantUsed(grant());
    const [{ expiresAt } = { expiresAt: 0 }] = await records();
    now += 2 * minute;
    await use.grantUsed(grant({ expiresAt: now + 5 * minute }));
    expect(await records()).toMatchObject([{ expiresAt }]);
  });

  it('does not bring an ended one back', async () => {
    await ended.put('grant', true, now + day);
    await use.grantUsed(grant());
    expect(await records()).toEqual([]);
  });

  it('of one account is not found under another, whatever their ids look like', async () => {
    for (const accountId of ['a', 'a/b', 'a/b/', '', 'ä', '../a']) {
      await use.browserUsed({ ...browser, id: `of ${accountId}`, accountId, expiresAt: now + day });
    }
    for (const accountId of ['a', 'a/b', 'a/b/', '', 'ä', '../a']) {
      expect((await records(accountId)).map(({ id }) => id)).toEqual([`of ${accountId}`]);
    }
  });
});
