import type { Refuse } from './values.ts';

interface Accounts {
  readonly staticPasswords: readonly {
    readonly email: string;
    readonly preferredUsername?: string | undefined;
    readonly userID: string;
  }[];
}

/** As a sign-in reads what somebody types. */
const asTyped = (login: string) => login.trim().normalize('NFC').toLowerCase();

/** Accounts that could not be told apart. */
export function checkAccounts({ staticPasswords }: Accounts, refuse: Refuse): void {
  const ids = new Set<string>();
  const owners = new Map<string, number>();
  for (const [index, account] of staticPasswords.entries()) {
    const at = ['staticPasswords', index];
    if (ids.has(account.userID))
      refuse([...at, 'userID'], `another account has the userID ${account.userID}: give each its own`);
    ids.add(account.userID);
    for (const key of ['email', 'preferredUsername'] as const) {
      const login = asTyped(account[key] ?? '');
      if (login === '') continue;
      const owner = owners.get(login) ?? index;
      if (owner !== index) refuse([...at, key], `another account signs in as ${login}, too`);
      owners.set(login, owner);
    }
  }
}
