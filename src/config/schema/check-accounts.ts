import type { Refuse } from './values.ts';

interface Accounts {
  readonly staticPasswords: readonly {
    readonly email: string;
    readonly preferredUsername?: string | undefined;
    readonly userID: string;
    readonly groups: readonly string[];
  }[];
  readonly gateway?: unknown;
}

/** As a sign-in reads what somebody types. */
const asTyped = (login: string) => login.trim().normalize('NFC').toLowerCase();

/** Accounts that could not be told apart, and those that the gateway would let nowhere. */
export function checkAccounts({ staticPasswords, gateway }: Accounts, refuse: Refuse): void {
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
    for (const [place, group] of account.groups.entries()) {
      if (gateway !== undefined && group.startsWith('system:'))
        refuse(
          [...at, 'groups', place],
          `${group} is a name of Kubernetes’ own, and the gateway takes no token with it: bind another group`,
        );
    }
  }
}
