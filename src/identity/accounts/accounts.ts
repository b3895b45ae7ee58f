import { type UpstreamId, upstreamOf } from '../claims/subjects.ts';
import type { GroupRecords } from './groups/group-records.ts';
import type { StaticAccounts } from './static-accounts.ts';
import type { UserRecord, UserRecords } from './users/user-records.ts';

/** Somebody who can sign in, as tokens and pages tell of them. */
export interface Account {
  readonly id: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly name: string;
  readonly preferredUsername: string | undefined;
  /** All of them, those by way of other groups included. */
  readonly groups: readonly string[];
  /** Who says so, where the account is not kept here. */
  readonly upstream?: Upstream | undefined;
}

/** Where somebody signs in elsewhere. */
export interface Upstream extends UpstreamId {
  /** Of the connector. */
  readonly type: string;
}

/** What a password is checked against. */
export interface Login {
  /** The account's id. */
  readonly id: string;
  /** Undefined for an account without a password. */
  readonly hash: string | undefined;
  /** To be treated like no account at all. */
  readonly disabled: boolean;
  readonly mustChangePassword: boolean;
  /** Undefined for a static account. */
  readonly record: UserRecord | undefined;
}

/** The accounts, static, stored and of people who sign in elsewhere, as door 1 reads them: anew each time. Where both know an id or a login, the static one is meant. */
export interface Accounts {
  /** Whom a person means by an e-mail address or username, however capitalised or composed. */
  byLogin(login: string): Promise<Login | undefined>;
  /** Undefined also for an account that is disabled. */
  byId(id: string): Promise<Account | undefined>;
}

export interface AccountsDeps {
  readonly users: UserRecords;
  readonly groups: GroupRecords;
  statics(): StaticAccounts;
  /** Somebody whom a connector that is there has vouched for; undefined when they may not sign in, or none has. */
  upstream(accountId: string): Promise<Account | undefined>;
  /** Whether the accounts that are kept here are a source. */
  offersLocal(): boolean;
}

export function createAccounts({ users, groups, statics, upstream, offersLocal }: AccountsDeps): Accounts {
  return {
    async byLogin(login) {
      if (!offersLocal()) return undefined;
      const fixed = statics().byLogin(login);
      if (fixed !== undefined) {
        const { id, hash } = fixed;
        return { id, hash, disabled: false, mustChangePassword: false, record: undefined };
      }
      const record = await users.find(login);
      if (record === undefined) return undefined;
      const { hash, disabled, mustChangePassword } = record.user;
      return { id: record.id, hash, disabled, mustChangePassword, record };
    },
    async byId(id) {
      if (upstreamOf(id) !== undefined) return upstream(id);
      if (!offersLocal()) return undefined;
      const fixed = statics().byId(id);
      if (fixed !== undefined) {
        const { hash: _hash, ...account } = fixed;
        return account;
      }
      const user = (await users.read(id))?.user;
      if (user === undefined || user.disabled) return undefined;
      const { email, emailVerified, name, preferredUsername } = user;
      return { id, email, emailVerified, name, preferredUsername, groups: await groups.expand(user.groups) };
    },
  };
}
