import type { StaticPassword } from '../identity-deps.ts';

export interface Account {
  readonly id: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly name: string;
  readonly preferredUsername: string | undefined;
  readonly groups: readonly string[];
  /** bcrypt */
  readonly hash: string;
}

export interface Accounts {
  /** The account a person means by an e-mail address or preferred username, however capitalised or composed. */
  byLogin(login: string): Promise<Account | undefined>;
  byId(id: string): Promise<Account | undefined>;
}

/** Two configured accounts that a sign-in could not tell apart. */
export class AccountConflictError extends Error {
  readonly code = 'SP_IDENTITY_ACCOUNT_CONFLICT';
}

/** One spelling for everything a person may type: surrounding blanks, case and Unicode composition do not count. */
export function normalizeLogin(login: string): string {
  return login.trim().normalize('NFC').toLowerCase();
}

/** @throws AccountConflictError when two accounts share an id, e-mail address or username */
export function createAccounts(passwords: readonly StaticPassword[]): Accounts {
  const ids = new Map<string, Account>();
  const logins = new Map<string, Account>();
  for (const password of passwords) {
    const account = toAccount(password);
    if (ids.has(account.id)) throw new AccountConflictError(`two accounts have the userID ${account.id}`);
    ids.set(account.id, account);
    for (const login of new Set(
      [account.email, account.preferredUsername ?? account.email].map(normalizeLogin),
    )) {
      if (logins.has(login)) throw new AccountConflictError(`two accounts can sign in as ${login}`);
      logins.set(login, account);
    }
  }
  return {
    byLogin: async (login) => logins.get(normalizeLogin(login)),
    byId: async (id) => ids.get(id),
  };
}

function toAccount(password: StaticPassword): Account {
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
