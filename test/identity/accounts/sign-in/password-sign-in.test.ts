import { hashSync } from '@node-rs/bcrypt';
import { beforeEach, describe, expect, it } from 'vitest';
import { createPasswordSignIn } from '../../../../src/identity/accounts/sign-in/password-sign-in.ts';
import type { Actor } from '../../../../src/identity/audit/index.ts';
import { dump } from '../../support/door.ts';
import {
  better,
  good,
  type LocalAccounts,
  openLocalAccounts,
  operator,
} from '../../support/local-accounts.ts';

const from: Actor = { name: undefined, client: 'kubectl', address: '192.0.2.1', requestId: 'request-1' };

let local: LocalAccounts;
let id: string;
beforeEach(async () => {
  local = await openLocalAccounts();
  ({ id } = await local.users.create({ email: 'ann@example.com', password: good }, operator));
});

const verify = (login: string, password: string, address = '192.0.2.1') =>
  local.signIn.verify(login, password, { ...from, address });

describe('sign-in by password', () => {
  it('opens static and stored accounts', async () => {
    const signedIn = { type: 'signedIn', mustChangePassword: false };
    expect(await verify('Jane', 'password')).toEqual({ ...signedIn, accountId: 'id-jane' });
    expect(await verify(' ANN@example.com', good)).toEqual({ ...signedIn, accountId: id });
  });

  it('S-108: says the same of an unknown login, a wrong password, a disabled and a deleted account, and one without a password', async () => {
    const disabled = await local.users.create({ email: 'dis@example.com', password: better }, operator);
    await local.users.disable(disabled.id, operator);
    const deleted = await local.users.create({ email: 'del@example.com', password: better }, operator);
    await local.users.delete(deleted.id, operator);
    await local.users.create({ email: 'none@example.com' }, operator);
    const wrong = { type: 'wrong' };
    expect(await verify('nobody', 'x')).toEqual(wrong);
    expect(await verify('jane', 'x')).toEqual(wrong);
    expect(await verify('ann@example.com', 'x')).toEqual(wrong);
    expect(await verify('dis@example.com', better)).toEqual(wrong);
    expect(await verify('del@example.com', better)).toEqual(wrong);
    expect(await verify('none@example.com', '')).toEqual(wrong);
    expect(await verify('l'.repeat(321), 'x')).toEqual(wrong);
  });

  it.each(['nobody@example.com', 'ann@example.com', 'dis@example.com'])(
    'S-112: slows %s down alike, and another address not at all',
    async (login) => {
      const disabled = await local.users.create({ email: 'dis@example.com', password: better }, operator);
      await local.users.disable(disabled.id, operator);
      const verdicts = [];
      for (let attempt = 0; attempt < 7; attempt++) verdicts.push(await verify(login, 'wrong'));
      expect(verdicts).toEqual([
        ...Array(5).fill({ type: 'wrong' }),
        { type: 'throttled', wait: 1000 },
        { type: 'throttled', wait: 1000 },
      ]);
      expect(await verify(login, 'wrong', '198.51.100.7')).toEqual({ type: 'wrong' });
    },
  );

  it.each<[string, () => Promise<unknown>]>([
    ['whose password was replaced', () => local.users.setPassword(id, better, operator)],
    ['that was disabled', () => local.users.disable(id, operator)],
    ['that was deleted', () => local.users.delete(id, operator)],
  ])('does not open an account %s while the password was checked', async (_name, act) => {
    local.clock.now += 1000;
    const nothing = async () => {};
    const signIn = createPasswordSignIn({
      accounts: local.accounts,
      passwords: {
        async check() {
          await act();
          return 'match';
        },
      },
      throttle: { begin: async () => ({ wait: 0, succeeded: nothing, unchecked: nothing }) },
      users: { rehash: nothing },
      audit: { record: nothing },
      now: () => local.clock.now,
    });
    expect(await signIn.verify('ann@example.com', good, from)).toEqual({ type: 'wrong' });
  });

  it.each([
    ['known', ['zoë', 'Zoë', 'ZOË', ' zoe\u0308', 'zoë\t', 'zoë\n']],
    ['unknown', ['noë', 'Noë', 'NOË', ' noe\u0308', '\tnoë', 'noë\n']],
  ])('S-109: counts every spelling of a login that is %s as one', async (_name, spellings) => {
    await local.users.create(
      { email: 'zoe@example.com', preferredUsername: 'Zoë', password: better },
      operator,
    );
    const verdicts = [];
    for (const login of spellings) verdicts.push((await verify(login, 'wrong')).type);
    expect(verdicts).toEqual([...Array(5).fill('wrong'), 'throttled']);
  });

  it('S-108: tells nobody that two logins are one account, by slowing down both', async () => {
    await local.users.create(
      { email: 'zoe@example.com', preferredUsername: 'zoe', password: better },
      operator,
    );
    for (const person of ['zoe', 'noe']) {
      const verdicts = [];
      for (let attempt = 0; attempt < 6; attempt++)
        verdicts.push((await verify(`${person}@example.com`, 'wrong')).type);
      expect(verdicts).toEqual([...Array(5).fill('wrong'), 'throttled']);
      expect(await verify(person, 'wrong')).toEqual({ type: 'wrong' });
    }
  });

  it('S-111: of 100 guesses at once no more are looked at than the count allows', async () => {
    const verdicts = await Promise.all(
      Array.from({ length: 100 }, (_, guess) => verify('ann@example.com', `guess ${guess}`)),
    );
    expect(verdicts.filter(({ type }) => type === 'wrong').length).toBeLessThanOrEqual(5);
  });

  it('S-110: counts for all replicas together, and over restarts', async () => {
    const other = await openLocalAccounts({ store: local.store });
    for (let attempt = 0; attempt < 5; attempt++)
      await (attempt % 2 === 0 ? local : other).signIn.verify('ann@example.com', 'wrong', from);
    expect(await other.signIn.verify('ann@example.com', good, from)).toMatchObject({ type: 'throttled' });
    expect(await local.signIn.verify('ann@example.com', good, from)).toMatchObject({ type: 'throttled' });
  });
});

describe('a hash of yesterday', () => {
  beforeEach(async () => {
    const hash = hashSync('old and short', 10);
    await local.users.create({ email: 'dex@example.com', hash }, operator);
  });

  it('is renewed at a sign-in that is right, and the password stays the same', async () => {
    const before = await local.users.find('dex@example.com');
    expect(await verify('dex@example.com', 'wrong')).toEqual({ type: 'wrong' });
    expect(await dump(local.store)).toContain('$2y$10$');
    expect(await verify('dex@example.com', 'old and short')).toMatchObject({ type: 'signedIn' });
    expect(await dump(local.store)).not.toContain('$2y$10$');
    expect(await verify('dex@example.com', 'old and short')).toMatchObject({ type: 'signedIn' });
    const after = await local.users.get(before.id);
    expect(after.passwordChangedAt).toBe(before.passwordChangedAt);
    expect(local.events.filter(({ action }) => action === 'password.rehash')).toHaveLength(1);
  });

  it('does not undo a password that is set at the same time', async () => {
    const { id: dexId } = await local.users.find('dex@example.com');
    await Promise.all([
      verify('dex@example.com', 'old and short'),
      local.users.setPassword(dexId, better, operator),
    ]);
    expect(await verify('dex@example.com', better)).toMatchObject({ type: 'signedIn' });
  });
});

describe('the audit trail', () => {
  it('tells what callers are not told, and nothing that was typed', async () => {
    local.events.length = 0;
    await verify('hunter2-in-the-wrong-field', 'secret-1');
    await verify('ann@example.com', 'secret-2');
    await local.users.disable(id, operator);
    await verify('ann@example.com', good);
    await verify('jane', 'password');
    const event = {
      action: 'sign-in',
      detail: 'pwd',
      client: 'kubectl',
      address: '192.0.2.1',
      requestId: 'request-1',
    };
    const failure = { ...event, result: 'failure', actor: undefined, at: local.clock.now };
    expect(local.events).toEqual([
      { ...failure, subject: undefined, reason: 'unknownAccount' },
      { ...failure, subject: id, reason: 'wrongPassword' },
      {
        action: 'user.disable',
        actor: 'cli:root',
        subject: id,
        client: undefined,
        address: undefined,
        result: 'success',
        reason: undefined,
        requestId: undefined,
        at: local.clock.now,
      },
      { ...failure, subject: id, reason: 'disabled' },
      { ...failure, result: 'success', actor: 'id-jane', subject: 'id-jane', reason: undefined },
    ]);
    const text = JSON.stringify(local.events);
    for (const typed of ['hunter2', 'secret-1', 'secret-2', good, 'password"'])
      expect(text).not.toContain(typed);
  });

  it('has every change of users and groups, also those that were refused', async () => {
    local.events.length = 0;
    const by = { ...operator, address: '192.0.2.9', requestId: 'r' };
    await local.groups.create({ name: 'staff' }, by);
    await expect(local.groups.create({ name: 'staff' }, by)).rejects.toThrow();
    await local.groups.update('staff', { description: 'all' }, by);
    const { id: bobby } = await local.users.create({ email: 'b@x', password: good }, by);
    await expect(local.users.create({ email: 'b@x' }, by)).rejects.toThrow();
    await local.users.update(bobby, { groups: ['staff'] }, by);
    await expect(local.users.update('id-jane', { name: 'J' }, by)).rejects.toThrow();
    await local.users.setPassword(bobby, better, by);
    const { token } = await local.users.issueReset(bobby, by);
    await local.users.redeemReset(token, good, { ...by, name: undefined });
    await local.users.changePassword(bobby, { current: good, next: better }, by, { endOthers: true });
    await local.users.disable(bobby, by);
    await local.users.enable(bobby, by);
    await local.users.delete(bobby, by);
    await local.groups.delete('staff', by);
    expect(local.events.map(({ action, subject, reason }) => [action, subject, reason])).toEqual([
      ['group.create', 'staff', undefined],
      ['group.create', 'staff', 'taken'],
      ['group.update', 'staff', undefined],
      ['user.create', bobby, undefined],
      ['user.create', undefined, 'taken'],
      ['user.update', bobby, undefined],
      ['user.update', 'id-jane', 'readOnly'],
      ['password.set', bobby, undefined],
      ['reset.issue', bobby, undefined],
      ['password.reset', bobby, undefined],
      ['password.change', bobby, undefined],
      ['user.disable', bobby, undefined],
      ['user.enable', bobby, undefined],
      ['user.delete', bobby, undefined],
      ['group.delete', 'staff', undefined],
    ]);
    expect(JSON.stringify(local.events)).not.toContain(token.split('.')[1]);
  });
});
