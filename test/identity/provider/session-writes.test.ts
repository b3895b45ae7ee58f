import { beforeEach, describe, expect, it } from 'vitest';
import { createSessionWrites, type SessionWrites } from '../../../src/identity/provider/session-writes.ts';
import { hashOf, indexKey, type StoredModel } from '../../../src/identity/provider/stored-model.ts';
import { createExpiring, createMemoryStore, type Expiring } from '../../../src/store/index.ts';

const expiresAt = 2_000_000;
let now: number;
let records: Expiring<StoredModel>;
let indexes: Expiring<string>;
let writes: SessionWrites;
beforeEach(() => {
  now = 1_000_000;
  const store = createMemoryStore();
  records = createExpiring(store, { prefix: 'records/', now: () => now });
  indexes = createExpiring(store, { prefix: 'indexes/', now: () => now });
  writes = createSessionWrites({ records, indexes, now: () => now });
});

const session = (...clients: string[]) => ({
  uid: 'uid',
  accountId: 'jane',
  authorizations: Object.fromEntries(clients.map((id) => [id, { grantId: `grant of ${id}` }])),
});
const stored = async (hash: string) => (await records.get(`Session/${hash}`))?.value;
const clientsOf = async (hash: string) =>
  Object.keys((await stored(hash))?.payload.authorizations ?? {}).sort();
const current = async () => (await indexes.get(indexKey('Session', 'uid', hashOf('uid'))))?.value;

describe('S-105: a session that several requests write at once', () => {
  it('has what each of them knows', async () => {
    const clients = Array.from({ length: 20 }, (_, index) => `client-${index + 10}`);
    await Promise.all(clients.map((id) => writes.save('id', session(id), expiresAt)));
    expect(await clientsOf('id')).toEqual(clients);
  });

  it('takes nothing over from another account', async () => {
    await writes.save('id', session('web'), expiresAt);
    await writes.save('id', { ...session('other'), accountId: 'bob' }, expiresAt);
    expect(await clientsOf('id')).toEqual(['other']);
  });
});

describe('S-086: an id that a sign-in has replaced', () => {
  it('is not brought back by a request that began with it; what that knows goes to the new one', async () => {
    await writes.save('old', session('web'), expiresAt);
    await writes.giveUp('old');
    await writes.save('new', session('web'), expiresAt);
    await writes.save('old', session('web', 'late'), expiresAt);
    expect((await stored('old'))?.consumed).toBe(now);
    expect(await clientsOf('new')).toEqual(['late', 'web']);
    expect(await current()).toBe('new');
  });

  it('is not brought back either while the new one is not there yet', async () => {
    await writes.save('old', session('web'), expiresAt);
    await writes.giveUp('old');
    await writes.save('old', session('web', 'late'), expiresAt);
    await writes.save('new', session('web'), expiresAt);
    expect((await stored('old'))?.payload).toEqual({});
    expect(await clientsOf('new')).toEqual(['web']);
    expect(await current()).toBe('new');
  });

  it('leaves nothing behind for longer than a minute', async () => {
    await writes.save('old', session('web'), expiresAt);
    await writes.giveUp('old');
    now += 60_000;
    expect(await stored('old')).toBeUndefined();
  });
});
