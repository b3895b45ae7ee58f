import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '../../../../src/identity/audit/index.ts';
import { dump } from '../../support/door.ts';
import {
  better,
  good,
  type LocalAccounts,
  openLocalAccounts,
  operator,
} from '../../support/local-accounts.ts';
import { type OpenedStore, stores } from '../../support/stores.ts';

const from: Actor = { name: undefined, address: '192.0.2.1' };
const day = 24 * 60 * 60_000;

describe.each(stores)('on %s', (_store, open) => {
  let local: LocalAccounts;
  let id: string;
  let opened: OpenedStore;
  beforeEach(async () => {
    opened = await open();
    local = await openLocalAccounts({ store: opened.store });
    ({ id } = await local.users.create({ email: 'ann@example.com', password: good }, operator));
  });
  afterEach(() => opened.dispose());

  async function signsIn(password: string, by = from): Promise<boolean> {
    return (await local.signIn.verify('ann@example.com', password, by)).type === 'signedIn';
  }

  describe('a password set by an operator', () => {
    it('is the only one from then on, and ends what the account has going', async () => {
      local.clock.now += 5;
      const user = await local.users.setPassword(id, better, operator);
      expect(user).toMatchObject({ mustChangePassword: false, passwordChangedAt: local.clock.now });
      expect([await signsIn(good), await signsIn(better)]).toEqual([false, true]);
      expect(local.ended).toEqual([id]);
    });

    it('may have to be changed at the next sign-in', async () => {
      await local.users.setPassword(id, better, operator, { mustChange: true });
      expect(await local.signIn.verify('ann@example.com', better, from)).toEqual({
        type: 'signedIn',
        accountId: id,
        mustChangePassword: true,
      });
      const own = { current: better, next: good };
      await local.users.changePassword(id, own, { ...from, name: id }, { endOthers: true });
      expect(await local.users.get(id)).toMatchObject({ mustChangePassword: false });
    });

    it('is set at once by several with the revision seen: exactly one is', async () => {
      const { revision } = await local.users.get(id);
      const wanted = Array.from({ length: 10 }, (_, index) => `${better} ${index}`);
      const results = await Promise.allSettled(
        wanted.map((password) => local.users.setPassword(id, password, operator, { ifRevision: revision })),
      );
      const winners = wanted.filter((_, index) => results[index]?.status === 'fulfilled');
      expect(winners).toHaveLength(1);
      expect(await signsIn(winners[0] ?? '')).toBe(true);
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ fault: 'changed' });
    });

    it('is set at once by several: one of theirs counts', async () => {
      const wanted = Array.from({ length: 10 }, (_, index) => `${better} ${index}`);
      await Promise.all(wanted.map((password) => local.users.setPassword(id, password, operator)));
      const right = await Promise.all(
        wanted.map((password, index) => signsIn(password, { ...from, address: `198.51.100.${index}` })),
      );
      expect(right.filter(Boolean)).toHaveLength(1);
    });
  });

  describe('S-121: a password changed by the person', () => {
    const own: Actor = { ...from, name: 'ann' };
    const change = (current: string, next: string) =>
      local.users.changePassword(id, { current, next }, { ...own, name: id }, { endOthers: false });

    it('needs the current one', async () => {
      await expect(change('wrong', better)).rejects.toMatchObject({
        fault: 'wrongPassword',
        field: 'current',
      });
      expect(await signsIn(good)).toBe(true);
      await change(good, better);
      expect([await signsIn(good), await signsIn(better)]).toEqual([false, true]);
      expect(local.ended).toEqual([]);
    });

    it('ends the other sessions when asked to', async () => {
      const options = { endOthers: true };
      await local.users.changePassword(id, { current: good, next: better }, { ...own, name: id }, options);
      expect(local.ended).toEqual([id]);
    });

    it('is not the same again', async () => {
      await expect(change(good, good)).rejects.toMatchObject({ fault: 'passwordRefused', rule: 'same' });
    });

    it('S-113: is guessed at no faster than at the sign-in', async () => {
      for (let guess = 0; guess < 5; guess++)
        await expect(change('wrong', better)).rejects.toMatchObject({ fault: 'wrongPassword' });
      await expect(change(good, better)).rejects.toMatchObject({ fault: 'throttled', wait: 1000 });
      expect(await local.signIn.verify('ann@example.com', good, from)).toMatchObject({ type: 'throttled' });
    });

    it('is not changed by somebody whose proof another change has overtaken', async () => {
      const results = await Promise.allSettled([change(good, better), change(good, `${better}!`)]);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });
  });

  describe('S-122: a reset', () => {
    it('gives a new password once, and ends what the account has going', async () => {
      const { token, expiresAt } = await local.users.issueReset(id, operator);
      expect(expiresAt).toBe(local.clock.now + day);
      expect(await dump(local.store)).not.toContain(token.split('.')[1]);
      expect(await signsIn(good)).toBe(true);
      await local.users.redeemReset(token, better, from);
      expect([await signsIn(good), await signsIn(better)]).toEqual([false, true]);
      expect(local.ended).toEqual([id]);
      await expect(local.users.redeemReset(token, good, from)).rejects.toMatchObject({
        fault: 'resetInvalid',
      });
    });

    it('used 20 times at once gives one password', async () => {
      const { token } = await local.users.issueReset(id, operator);
      const wanted = Array.from({ length: 20 }, (_, index) => `${better} ${index}`);
      const results = await Promise.allSettled(
        wanted.map((password, index) =>
          local.users.redeemReset(token, password, { ...from, address: `198.51.100.${index}` }),
        ),
      );
      const winners = wanted.filter((_, index) => results[index]?.status === 'fulfilled');
      expect(winners).toHaveLength(1);
      expect(await signsIn(winners[0] ?? '')).toBe(true);
    });

    it('survives a password that the policy refuses', async () => {
      const { token } = await local.users.issueReset(id, operator);
      await expect(local.users.redeemReset(token, 'short', from)).rejects.toMatchObject({ rule: 'tooShort' });
      await local.users.redeemReset(token, better, from);
      expect(await signsIn(better)).toBe(true);
    });

    it.each<[string, (token: string) => Promise<unknown>]>([
      ['a newer one', () => local.users.issueReset(id, operator)],
      [
        '24 hours',
        async () => {
          local.clock.now += day;
        },
      ],
      ['a password set meanwhile', () => local.users.setPassword(id, better, operator)],
      ['disabling the user', () => local.users.disable(id, operator)],
      [
        'disabling the user, also when it is enabled again',
        async () => {
          await local.users.disable(id, operator);
          await local.users.enable(id, operator);
        },
      ],
      ['deleting the user', () => local.users.delete(id, operator)],
    ])('is ended by %s', async (_name, end) => {
      const { token } = await local.users.issueReset(id, operator);
      await end(token);
      await expect(local.users.redeemReset(token, `${better}!`, from)).rejects.toMatchObject({
        fault: 'resetInvalid',
      });
    });

    it('is not issued for a disabled user', async () => {
      await local.users.disable(id, operator);
      await expect(local.users.issueReset(id, operator)).rejects.toMatchObject({ fault: 'invalid' });
    });

    it('is guessed at as slowly as a password', async () => {
      await local.users.issueReset(id, operator);
      const guess = `${id}.${'A'.repeat(43)}`;
      for (let count = 0; count < 5; count++)
        await expect(local.users.redeemReset(guess, better, from)).rejects.toMatchObject({
          fault: 'resetInvalid',
        });
      await expect(local.users.redeemReset(guess, better, from)).rejects.toMatchObject({
        fault: 'throttled',
      });
      expect(await signsIn(good)).toBe(true);
    });

    it.each(['', 'x', `${'0'.repeat(36)}.${'A'.repeat(43)}`, 'a'.repeat(10_000)])(
      '%j is none',
      async (token) => {
        await expect(local.users.redeemReset(token, better, from)).rejects.toMatchObject({
          fault: 'resetInvalid',
        });
        expect(local.events.at(-1)).toMatchObject({
          action: 'password.reset',
          result: 'failure',
          subject: undefined,
        });
      },
    );
  });
});
