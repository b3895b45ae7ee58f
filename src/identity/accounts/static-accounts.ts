import { upstreamOf } from '../claims/subjects.ts';
import type { StaticPassword } from '../identity-deps.ts';
import { loginsOf, normalizeLogin } from './login.ts';

/** An account of the configuration file: always enabled, never changed from here. */
export interface StaticAccount {
  readonly id: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly name: string;
  readonly preferredUsername: string | undefined;
  readonly groups: readonly string[];
  /** bcrypt */
  readonly hash: string;
}

export interface StaticAccounts {
  byLogin(login: string): StaticAccount | undefined;
  byId(id: string): StaticAccount | undefined;
  /** In the configuration's order. */
  readonly all: readonly StaticAccount[];
}

/** Two accounts that a sign-in could not tell apart. */
export class AccountConflictError extends Error {
  readonly code = 'SP_IDENTITY_ACCOUNT_CONFLICT';
}

/** @throws AccountConflictError when two accounts share an id, e-mail address or username */
export function createStaticAccounts(passwords: readonly StaticPassword[]): StaticAccounts {
  const ids = new Map<string, StaticAccount>();
  const logins = new Map<string, StaticAccount>();
  for (const account of passwords.map(toAccount)) {
    if (upstreamOf(account.id) !== undefined)
      throw new AccountConflictError(`the userID ${account.id} is what somebody of a connector is called`);
    if (ids.has(account.id)) throw new AccountConflictError(`two accounts have the userID ${account.id}`);
    ids.set(account.id, account);
    for (const login of loginsOf(account)) {
      if (logins.has(login)) throw new AccountConflictError(`two accounts can sign in as ${login}`);
      logins.set(login, account);
    }
  }
  return {
    byLogin: (login) => logins.get(normalizeLogin(login)),
    byId: (id) => ids.get(id),
    all: [...ids.values()],
  };
}

function toAccount(password: StaticPassword): StaticAccount {
  return {
    id: password.userID,
    email: password.email,
    emailVerified: password.emailVerified ?? true,
    name: password.name ?? password.username,
    preferredUsername: password.preferredUsername,
    groups: password.groups ?? [],
    hash: password.hash,
  };
}
