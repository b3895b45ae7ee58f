import type { Actor, IdentityAudit } from '../../audit/index.ts';
import type { Accounts, Login } from '../accounts.ts';
import { longestLogin, normalizeLogin } from '../login.ts';
import { longestPassword } from '../passwords/password-policy.ts';
import type { Passwords } from '../passwords/passwords.ts';
import type { UserPasswords } from '../users/user-passwords.ts';
import { hostOf } from './host-of.ts';
import { loginTarget, type Throttle } from './throttle.ts';

export type SignInVerdict =
  | { readonly type: 'signedIn'; readonly accountId: string; readonly mustChangePassword: boolean }
  /** No such account, or not its password: which of them is nobody's business. */
  | { readonly type: 'wrong' }
  /** Nothing was looked at. */
  | { readonly type: 'throttled'; readonly wait: number }
  /** More passwords are waiting than can be checked in reasonable time. */
  | { readonly type: 'busy' };

/** Sign-in by login and password: every way to it passes here, and with it the counting of attempts. */
export interface PasswordSignIn {
  /** @param by whoever asks: not signed in yet, so without a name */
  verify(login: string, password: string, by: Actor): Promise<SignInVerdict>;
}

export interface PasswordSignInDeps {
  readonly accounts: Accounts;
  readonly passwords: Pick<Passwords, 'check'>;
  readonly throttle: Throttle;
  readonly users: Pick<UserPasswords, 'rehash'>;
  readonly audit: IdentityAudit;
  /** Milliseconds since the epoch. */
  now(): number;
}

/**
 * An unknown login, a disabled account and a wrong password are one and the same, in words and in the work done for
 * them; only the audit trail, which is the operator's, tells them apart.
 */
export function createPasswordSignIn(deps: PasswordSignInDeps): PasswordSignIn {
  const { accounts, passwords, throttle, users, audit, now } = deps;

  /** The login itself is never written down: it may be a password in the wrong field. */
  async function record(by: Actor, found: Login | undefined, reason?: string): Promise<void> {
    await audit.record({
      action: 'sign-in',
      actor: reason === undefined ? found?.id : undefined,
      subject: found?.id,
      client: by.client,
      address: by.address,
      result: reason === undefined ? 'success' : 'failure',
      reason,
      detail: 'pwd',
      interaction: by.interaction,
      requestId: by.requestId,
      at: now(),
    });
  }

  function whyNot(found: Login | undefined, matches: boolean): string | undefined {
    if (found === undefined) return 'unknownAccount';
    if (found.disabled) return 'disabled';
    return matches ? undefined : 'wrongPassword';
  }

  /** Whether the account got another password, or was disabled, while this one was checked: waiting for it takes time. */
  async function isOvertaken(login: string, found: Login | undefined): Promise<boolean> {
    if (found?.record === undefined) return false;
    const newest = await accounts.byLogin(login);
    return (
      newest?.record?.user.passwordChangedAt !== found.record.user.passwordChangedAt ||
      newest?.disabled !== found.disabled
    );
  }

  async function renewHash({ record: stored, id }: Login, password: string, by: Actor): Promise<void> {
    // Whether it works out is in the audit trail; the sign-in stands either way.
    if (stored !== undefined) await users.rehash(stored, password, { ...by, name: id }).catch(() => {});
  }

  return {
    async verify(typed, password, by) {
      const login = normalizeLogin(typed);
      if (login.length > longestLogin || Buffer.byteLength(password) > longestPassword)
        return { type: 'wrong' };
      const address = by.address ?? '';
      const found = await accounts.byLogin(login);
      const attempt = await throttle.begin(loginTarget(login), address);
      if (attempt.wait > 0) {
        await record(by, found, 'throttled');
        return { type: 'throttled', wait: attempt.wait };
      }
      const verdict = await passwords.check(password, found?.hash, hostOf(by));
      if (verdict === 'busy' || verdict === 'crowded') {
        await attempt.unchecked();
        await record(by, found, 'busy');
        return verdict === 'busy' ? { type: 'busy' } : { type: 'throttled', wait: 1000 };
      }
      const matches = verdict === 'match' && !(await isOvertaken(login, found));
      const reason = whyNot(found, matches);
      await record(by, found, reason);
      if (found === undefined || reason !== undefined) return { type: 'wrong' };
      await attempt.succeeded();
      await renewHash(found, password, by);
      return { type: 'signedIn', accountId: found.id, mustChangePassword: found.mustChangePassword };
    },
  };
}
