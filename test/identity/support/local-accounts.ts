import { type OpenAccounts, openAccounts } from '../../../src/identity/accounts/open-accounts.ts';
import type { Actor, IdentityEvent } from '../../../src/identity/audit/index.ts';
import type { AccountsConfig, StaticPassword } from '../../../src/identity/index.ts';
import { createMemoryStore, type Store } from '../../../src/store/index.ts';
import { bob, jane } from './door.ts';

/** The cheapest argon2id there is: these tests are not about its strength. */
export const cheapArgon2 = { memoryCost: 8, timeCost: 1 };

export const operator: Actor = { name: 'cli:root' };
export const good = 'correct horse battery';
export const better = 'staple of a better horse';

export interface LocalAccounts extends OpenAccounts {
  readonly store: Store;
  readonly events: IdentityEvent[];
  /** Accounts whose sessions and grants were ended, in order. */
  readonly ended: string[];
  /** Milliseconds; the clock stands still unless moved. */
  readonly clock: { now: number };
}

export interface LocalAccountsOptions {
  readonly store?: Store;
  readonly passwords?: readonly StaticPassword[];
  readonly config?: AccountsConfig;
  endAllOf?(accountId: string): Promise<unknown>;
}

/** Accounts as door 1 opens them, on a store of their own. */
export async function openLocalAccounts(options: LocalAccountsOptions = {}): Promise<LocalAccounts> {
  const { store = createMemoryStore(), passwords = [jane, bob], config = {} } = options;
  const events: IdentityEvent[] = [];
  const ended: string[] = [];
  const clock = { now: 1_800_000_000_000 };
  const opened = await openAccounts({
    upstream: async () => undefined,
    offersLocal: () => true,
    store,
    passwords,
    config: { argon2: cheapArgon2, ...config },
    context: () => ['Example Login Service', 'login.example.com'],
    secret: 'secret',
    log: { info() {}, warn() {}, error() {} },
    audit: { record: async (event) => void events.push(event) },
    endAllOf: options.endAllOf ?? (async (id) => ended.push(id)),
    now: () => clock.now,
  });
  return { ...opened, store, events, ended, clock };
}
