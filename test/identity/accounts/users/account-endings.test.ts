import { describe, expect, it } from 'vitest';
import { createAccountEndings } from '../../../../src/identity/accounts/users/account-endings.ts';
import { createMemoryStore } from '../../../../src/store/index.ts';
import { better, good, openLocalAccounts, operator } from '../../support/local-accounts.ts';

const pending = 'identity/ending/';

describe('what an account has going', () => {
  it('ends at the next start when the process was killed in between', async () => {
    const store = createMemoryStore();
    const before = await openLocalAccounts({
      store,
      endAllOf: async () => {
        throw new Error('killed');
      },
    });
    const { id } = await before.users.create({ email: 'ann@example.com', password: good }, operator);
    await expect(before.users.setPassword(id, better, operator)).rejects.toThrow('killed');
    const after = await openLocalAccounts({ store });
    expect(after.ended).toEqual([id]);
    expect((await store.list(pending)).entries).toEqual([]);
  });

  it('ends in another process, which lives on', async () => {
    const store = createMemoryStore();
    const living = await openLocalAccounts({ store });
    const { id } = await living.users.create({ email: 'ann@example.com', password: good }, operator);
    const killed = await openLocalAccounts({
      store,
      endAllOf: async () => {
        throw new Error('killed');
      },
    });
    await expect(killed.users.disable(id, operator)).rejects.toThrow('killed');
    for (const set of living.expiring) await set.collect(10);
    expect(living.ended).toEqual([id]);
    expect((await store.list(pending)).entries).toEqual([]);
  });

  it('leaves nothing behind when it has ended', async () => {
    const { users, store, ended } = await openLocalAccounts();
    const { id } = await users.create({ email: 'ann@example.com', password: good }, operator);
    await users.setPassword(id, better, operator);
    await users.changePassword(id, { current: better, next: good }, operator, { endOthers: true });
    const { token } = await users.issueReset(id, operator);
    await users.redeemReset(token, better, operator);
    await users.disable(id, operator);
    await users.delete(id, operator);
    expect(ended).toEqual(Array(5).fill(id));
    expect((await store.list(pending)).entries).toEqual([]);
  });

  it('is ended once more when that is intended while it ends', async () => {
    const store = createMemoryStore();
    const endings = createAccountEndings({
      store,
      endAllOf: async (id) => void (await store.txn([], endings.intend(id))),
    });
    await store.txn([], endings.intend('ann'));
    await endings.complete('ann');
    expect((await store.list(pending)).entries).toHaveLength(1);
  });
});
