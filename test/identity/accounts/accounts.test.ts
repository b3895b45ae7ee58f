import { beforeEach, describe, expect, it } from 'vitest';
import { bob, jane } from '../support/door.ts';
import { type LocalAccounts, openLocalAccounts, operator } from '../support/local-accounts.ts';

let local: LocalAccounts;
beforeEach(async () => {
  local = await openLocalAccounts();
});

describe('accounts', () => {
  it.each(['jane', 'Jane@Example.com', '\tJANE ', 'jane@example.com'])('%j is jane', async (login) => {
    expect((await local.accounts.byLogin(login))?.id).toBe('id-jane');
  });

  it.each(['', 'jan', 'jane@example', 'Jane Doe', 'id-jane', '\0', '\ud800'])(
    '%j is nobody',
    async (login) => {
      expect(await local.accounts.byLogin(login)).toBeUndefined();
    },
  );

  it.each(['ann', 'Ann@Example.com', '\tANN '])('%j is ann, of the store', async (login) => {
    const { id } = await local.users.create({ email: 'ann@example.com', preferredUsername: 'Ann' }, operator);
    expect((await local.accounts.byLogin(login))?.id).toBe(id);
  });

  it('of the store are read anew each time', async () => {
    const { id } = await local.users.create({ email: 'ann@example.com', name: 'Ann' }, operator);
    expect(await local.accounts.byId(id)).toEqual({
      id,
      email: 'ann@example.com',
      emailVerified: true,
      name: 'Ann',
      preferredUsername: undefined,
      groups: [],
    });
    await local.users.update(id, { name: 'Anna' }, operator);
    expect((await local.accounts.byId(id))?.name).toBe('Anna');
  });

  it('that are disabled are absent by their id, also to userinfo and refresh', async () => {
    const { id } = await local.users.create({ email: 'ann@example.com' }, operator);
    await local.users.disable(id, operator);
    expect(await local.accounts.byId(id)).toBeUndefined();
    await local.users.enable(id, operator);
    expect(await local.accounts.byId(id)).toBeDefined();
    await local.users.delete(id, operator);
    expect(await local.accounts.byId(id)).toBeUndefined();
    expect(await local.accounts.byLogin('ann@example.com')).toBeUndefined();
  });

  it('of the configuration are in the groups that it says, whatever groups there are in the store', async () => {
    await local.groups.create({ name: 'staff' }, operator);
    await local.groups.create({ name: 'developers', memberOf: ['staff'] }, operator);
    expect((await local.accounts.byId('id-jane'))?.groups).toEqual(['developers', 'oncall']);
  });
});

describe('static accounts beside stored ones', () => {
  it('are refused when a stored user has one of their logins', async () => {
    const { id } = await local.users.create({ email: 'ann@example.com', preferredUsername: 'ann' }, operator);
    const opened = openLocalAccounts({
      store: local.store,
      passwords: [{ ...jane, email: 'Ann@example.com' }],
    });
    await expect(opened).rejects.toMatchObject({
      code: 'SP_IDENTITY_ACCOUNT_CONFLICT',
      message: expect.stringContaining(`the user ${id} in the store can sign in as ann@example.com already`),
    });
    await expect(
      openLocalAccounts({ store: local.store, passwords: [{ ...jane, userID: id }] }),
    ).rejects.toThrow(`a user in the store has the userID ${id}`);
  });

  it('are replaced as a whole, or not at all', async () => {
    await local.users.create({ email: 'ann@example.com' }, operator);
    await expect(local.replaceStatics([{ ...bob, email: 'ann@example.com' }])).rejects.toThrow('already');
    expect(await local.accounts.byId('id-jane')).toBeDefined();
    await local.replaceStatics([bob]);
    expect(await local.accounts.byId('id-jane')).toBeUndefined();
    expect(await local.accounts.byId('id-bob')).toBeDefined();
  });
});
