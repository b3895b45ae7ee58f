import { describe, expect, it } from 'vitest';
import { readSessionPage } from '../../../src/identity/sessions/session-page.ts';
import { type SessionRecord, sessionKey } from '../../../src/identity/sessions/session-record.ts';
import { createExpiring, createMemoryStore, type Store } from '../../../src/store/index.ts';

const accounts = 2_000;
const browsers = 25;
const end = Date.now() + 3_600_000;

const common = {
  scopes: [],
  signedInWith: '',
  lastUsedWith: '',
  address: '',
  createdAt: 0,
  lastUsedAt: 0,
  expiresAt: end,
};

/** Of each account so many browsers, each signed in to two clients, and as many applications that go on without one. */
function* recordsOf(accountId: string): Generator<SessionRecord> {
  for (let at = 0; at < browsers; at++) {
    const browser = `${accountId}-browser-${at}`;
    yield { ...common, id: browser, kind: 'browser', accountId, bound: false };
    yield {
      ...common,
      id: `${accountId}-kubectl-${at}`,
      kind: 'application',
      accountId,
      clientId: 'kubectl',
      bound: false,
    };
    for (const clientId of ['web', 'wiki'])
      yield {
        ...common,
        id: `${accountId}-${clientId}-${at}`,
        kind: 'application',
        accountId,
        clientId,
        browser,
        bound: true,
      };
  }
}

/** How much is read of it. */
function countReads(store: Store) {
  const counted = { entries: 0, most: 0 };
  const list: Store['list'] = async (prefix, options) => {
    const result = await store.list(prefix, options);
    counted.entries += result.entries.length;
    counted.most = Math.max(counted.most, result.entries.length);
    return result;
  };
  return { counted, store: { ...store, list } };
}

describe('100 000 sessions', () => {
  it('are read page by page, each of them once, and no page reads more than a few times its length', async () => {
    const memory = createMemoryStore();
    const { counted, store } = countReads(memory);
    const sessions = createExpiring<SessionRecord>(store, { prefix: 'sessions/', now: Date.now });
    for (let account = 0; account < accounts; account++)
      for (const record of recordsOf(`user-${account}`))
        await sessions.put(sessionKey(record.accountId, record.id), record, end);
    const seen = new Set<string>();
    let after: string | undefined;
    do {
      counted.entries = 0;
      const { items, next } = await readSessionPage(sessions, { limit: 500, after });
      expect(items.length).toBeLessThanOrEqual(500);
      // Bound grants lie among the sessions, as many again; and those of browsers are read once more.
      expect(counted.entries).toBeLessThan(10 * 500);
      for (const { id, kind, clients } of items) {
        seen.add(id);
        if (kind === 'browser') expect([...clients].sort()).toEqual(['web', 'wiki']);
      }
      after = next;
    } while (after !== undefined);
    expect(seen.size).toBe(2 * accounts * browsers);
    expect(counted.most).toBeLessThanOrEqual(200);
  });
});
