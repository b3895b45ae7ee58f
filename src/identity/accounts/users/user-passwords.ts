import { type Actor, audited, type IdentityAudit } from '../../audit/index.ts';
import { AccountError } from '../account-error.ts';
import type { PasswordPolicy } from '../passwords/password-policy.ts';
import type { Passwords } from '../passwords/passwords.ts';
import { hostOf } from '../sign-in/host-of.ts';
import { loginTarget, type Throttle } from '../sign-in/throttle.ts';
import type { AccountEndings } from './account-endings.ts';
import { isResetOf, makeReset, type Reset, resetOwner } from './reset-token.ts';
import type { StoredUser, User } from './user.ts';
import type { UserChanges } from './user-changes.ts';
import type { UserRecord, UserRecords } from './user-records.ts';
import { fromStored } from './user-view.ts';

export interface OwnPasswordChange {
  readonly current: string;
  readonly next: string;
}

/** How stored users get new passwords. Each new one ends every reset that was handed out before. */
export interface UserPasswords {
  /**
   * By an operator. Ends all that the account has going.
   * @param options.mustChange the next sign-in ends at a form for a new one
   * @throws AccountError `notFound`, `readOnly`, `changed`, `passwordRefused`, `busy`
   */
  setPassword(
    id: string,
    password: string,
    by: Actor,
    options?: { readonly mustChange?: boolean; readonly ifRevision?: number },
  ): Promise<User>;
  /**
   * By the person. Attempts are counted together with those of signing in by the e-mail address.
   * @param options.endOthers ends all that the account has going, the session that asks included
   * @throws AccountError `notFound`, `readOnly`, `wrongPassword`, `throttled`, `passwordRefused`, `busy`
   */
  changePassword(
    id: string,
    change: OwnPasswordChange,
    by: Actor,
    options: { readonly endOthers: boolean },
  ): Promise<User>;
  /**
   * What lets a person choose a new password once, within 24 hours. One at a time: a newer one ends the older. The token
   * is to be told to that person only; the store has its hash.
   * @throws AccountError `notFound`, `readOnly`, `changed`; `invalid` for a disabled user
   */
  issueReset(id: string, by: Actor, ifRevision?: number): Promise<Reset>;
  /**
   * The new password by the token, of which it is the only use. Ends all that the account has going. A password that the
   * policy refuses leaves the token as it is.
   * @throws AccountError `resetInvalid`, `throttled`, `passwordRefused`, `busy`
   */
  redeemReset(token: string, password: string, by: Actor): Promise<User>;
  /** Renews an outdated hash by the password that has just been found right; not when the user has changed since. */
  rehash(record: UserRecord, password: string, by: Actor): Promise<void>;
}

export interface UserPasswordsDeps {
  readonly records: UserRecords;
  readonly changes: UserChanges;
  readonly policy: PasswordPolicy;
  readonly passwords: Passwords;
  readonly throttle: Throttle;
  readonly audit: IdentityAudit;
  readonly endings: AccountEndings;
  /** Milliseconds since the epoch. */
  now(): number;
}

export function createUserPasswords(deps: UserPasswordsDeps): UserPasswords {
  const { changes, policy, passwords, throttle, endings, now } = deps;

  function withPassword(user: StoredUser, hash: string, mustChangePassword: boolean): StoredUser {
    const { reset: _reset, ...rest } = user;
    return { ...rest, hash, mustChangePassword, passwordChangedAt: now() };
  }

  async function newHash(password: string, owner: StoredUser, by: Actor): Promise<string> {
    await policy.check(password, owner);
    return passwords.hash(password, hostOf(by));
  }

  async function attempt(who: string, by: Actor) {
    const begun = await throttle.begin(who, by.address ?? '');
    if (begun.wait > 0) throw new AccountError('throttled', 'too many attempts', { wait: begun.wait });
    return begun;
  }

  /** Whether it is the current one; an attempt that was not looked at does not count. */
  async function mustBeCurrent(current: string, record: UserRecord, by: Actor): Promise<void> {
    const begun = await attempt(loginTarget(record.user.email), by);
    const verdict = await passwords.check(current, record.user.hash, hostOf(by));
    if (verdict === 'match') return begun.succeeded();
    if (verdict === 'mismatch')
      throw new AccountError('wrongPassword', 'the current password is not that', { field: 'current' });
    await begun.unchecked();
    throw new AccountError('busy', 'too many passwords are being checked; try again', { wait: 1000 });
  }

  async function changePassword(
    id: string,
    { current, next }: OwnPasswordChange,
    by: Actor,
    endOthers: boolean,
  ) {
    const record = await changes.mustRead(id);
    await mustBeCurrent(current, record, by);
    if (current === next)
      throw new AccountError('passwordRefused', 'the new password is the current one', {
        field: 'password',
        rule: 'same',
      });
    const hash = await newHash(next, record.user, by);
    return changes.change(id, ({ user }) => {
      // Somebody else has set another one meanwhile: what was proved is no longer so.
      if (user.hash !== record.user.hash || user.disabled)
        throw new AccountError('wrongPassword', 'the current password is not that', { field: 'current' });
      return { user: withPassword(user, hash, false), writes: endOthers ? endings.intend(id) : [] };
    });
  }

  async function redeem(id: string | undefined, token: string, password: string, by: Actor) {
    const begun = await attempt(`reset\0${id ?? ''}`, by);
    const invalid = new AccountError('resetInvalid', 'the reset is unknown, used, replaced or too old');
    const record = id === undefined ? undefined : await deps.records.read(id);
    if (id === undefined || record === undefined || !isResetOf(record.user, token, now())) throw invalid;
    await begun.succeeded();
    const hash = await newHash(password, record.user, by);
    return changes.change(id, ({ user }) => {
      if (!isResetOf(user, token, now())) throw invalid;
      return { user: withPassword(user, hash, false), writes: endings.intend(id) };
    });
  }

  async function ended(record: UserRecord): Promise<User> {
    await endings.complete(record.id);
    return fromStored(record);
  }

  return {
    setPassword: (id, password, by, { mustChange = false, ifRevision } = {}) =>
      audited(deps, { action: 'password.set', by, subject: id }, async () => {
        const hash = await newHash(password, (await changes.mustRead(id, ifRevision)).user, by);
        const edit = ({ user }: UserRecord) => ({
          user: withPassword(user, hash, mustChange),
          writes: endings.intend(id),
        });
        return ended(await changes.change(id, edit, ifRevision));
      }),
    changePassword: (id, change, by, { endOthers }) =>
      audited(deps, { action: 'password.change', by, subject: id }, async () => {
        const changed = await changePassword(id, change, by, endOthers);
        return endOthers ? ended(changed) : fromStored(changed);
      }),
    issueReset: (id, by, ifRevision) =>
      audited(deps, { action: 'reset.issue', by, subject: id }, async () => {
        const { token, expiresAt, hash } = makeReset(id, now());
        await changes.change(
          id,
          ({ user }) => {
            if (user.disabled) throw new AccountError('invalid', `user ${id} is disabled; enable it first`);
            return { user: { ...user, reset: { hash, expiresAt } } };
          },
          ifRevision,
        );
        return { token, expiresAt };
      }),
    async redeemReset(token, password, by) {
      const id = resetOwner(token);
      // An id that is nobody's is whatever was typed: it is not written down.
      const subject = id !== undefined && (await deps.records.read(id)) !== undefined ? id : undefined;
      return audited(deps, { action: 'password.reset', by, subject }, async () =>
        ended(await redeem(id, token, password, by)),
      );
    },
    async rehash(record, password, by) {
      const { user, id } = record;
      if (user.hash === undefined || !passwords.isOutdated(user.hash)) return;
      await audited(deps, { action: 'password.rehash', by, subject: id }, async () => {
        const hash = await passwords.hash(password, hostOf(by));
        if ((await deps.records.write(id, record, { ...user, hash })) === undefined)
          throw new AccountError('changed', `user ${id} has changed meanwhile`);
      });
    },
  };
}
