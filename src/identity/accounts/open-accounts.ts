import { createExpiring, type Expiring, type Store } from '../../store/index.ts';
import type { IdentityAudit } from '../audit/index.ts';
import type { FactorKind } from '../factors/methods.ts';
import type { AccountsConfig, Log, StaticPassword } from '../identity-deps.ts';
import { type AccountSource, accountSources } from './account-source.ts';
import { type Accounts, type AccountsDeps, createAccounts } from './accounts.ts';
import { createGroupRecords } from './groups/group-records.ts';
import { createGroups, type Groups } from './groups/groups.ts';
import { loginsOf } from './login.ts';
import type { HashLoad } from './passwords/hash-queue.ts';
import { mostWork, workOf } from './passwords/hash-work.ts';
import { createHashWorkLedger } from './passwords/hash-work-ledger.ts';
import { createPasswordPolicy } from './passwords/password-policy.ts';
import { createPasswords } from './passwords/passwords.ts';
import { createAddressLimit } from './sign-in/address-limit.ts';
import { createPasswordSignIn, type PasswordSignIn } from './sign-in/password-sign-in.ts';
import { type AttemptRecord, createThrottle, type Throttle } from './sign-in/throttle.ts';
import { AccountConflictError, createStaticAccounts, type StaticAccounts } from './static-accounts.ts';
import { openStaticEndings } from './static-endings.ts';
import { createAccountEndings } from './users/account-endings.ts';
import { createUserChanges } from './users/user-changes.ts';
import { createUserPasswords, type UserPasswords } from './users/user-passwords.ts';
import { createUserRecords, type UserRecords } from './users/user-records.ts';
import { createUsers, type Users } from './users/users.ts';

/** All that can be done with users from outside. */
export type LocalUsers = Users & Omit<UserPasswords, 'rehash'>;

export interface OpenAccounts {
  readonly accounts: Accounts;
  readonly users: LocalUsers;
  readonly groups: Groups;
  /** @param factors that somebody can have beside a password */
  sources(factors: readonly FactorKind[]): Promise<readonly AccountSource[]>;
  readonly signIn: PasswordSignIn;
  /** What slows down guessing, at passwords and at whatever else is asked for at a sign-in. */
  readonly throttle: Throttle;
  /** Characters that a new password has at least. */
  readonly minLength: number;
  /** How busy the one queue is that all hashing of passwords goes through. */
  passwordLoad(): HashLoad;
  /**
   * Takes other static accounts from now on.
   * @throws AccountConflictError and keeps those from before
   */
  replaceStatics(passwords: readonly StaticPassword[]): Promise<void>;
  /** Record sets to be collected by the store's housekeeping. */
  readonly expiring: readonly Pick<Expiring<unknown>, 'collect'>[];
  close(): Promise<void>;
}

export interface OpenAccountsDeps {
  readonly store: Store;
  readonly passwords: readonly StaticPassword[];
  readonly config: AccountsConfig;
  readonly upstream: AccountsDeps['upstream'];
  readonly offersLocal: AccountsDeps['offersLocal'];
  /** Names that everybody would try as a password here. */
  context(): readonly string[];
  /** Behind the buckets of addresses. */
  readonly secret: string;
  readonly audit: IdentityAudit;
  readonly log: Log;
  /** Drops what others keep for an account that is gone. */
  forget?(accountId: string): Promise<unknown>;
  /** Ends every session and grant of an account. */
  endAllOf(accountId: string): Promise<unknown>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** @throws AccountConflictError when static accounts cannot be told apart, from each other or from stored ones */
export async function openAccounts(deps: OpenAccountsDeps): Promise<OpenAccounts> {
  const { store, audit, log, now, config } = deps;
  const ledger = createHashWorkLedger(store);
  const records = createUserRecords(store, ledger);
  const groupRecords = createGroupRecords(store);
  let fixed = await checkedStatics(deps.passwords, records);
  const statics = () => fixed;

  const attempts = createExpiring<AttemptRecord>(store, { prefix: 'identity/attempts/', now });
  const proven = createExpiring<true>(store, { prefix: 'identity/proven/', now });
  const buckets = createExpiring<number>(store, { prefix: 'identity/address-limit/', now });
  const addresses = createAddressLimit({ records: buckets, secret: deps.secret, now });
  const throttle = createThrottle({ records: attempts, proven, addresses, now });

  const passwords = createPasswords({
    argon2: config.argon2,
    mostWork: async () => mostWork([await ledger.most(), ...fixed.all.map(({ hash }) => workOf(hash))]),
  });
  const policy = createPasswordPolicy(config.passwordPolicy ?? {}, deps.context);
  const changes = createUserChanges({ records, statics, now });
  const endings = createAccountEndings({
    store,
    async endAllOf(accountId) {
      await deps.endAllOf(accountId);
      if ((await records.read(accountId)) === undefined) await deps.forget?.(accountId);
    },
  });
  await endings.collect();
  const staticEndings = await openStaticEndings({ store, endings, log }, fixed.all);
  const shared = {
    audit,
    now,
    endings,
    records,
    changes,
    groups: groupRecords,
    policy,
    passwords,
    throttle,
    statics,
  };
  const { rehash, ...userPasswords } = createUserPasswords(shared);
  const accounts = createAccounts({
    users: records,
    groups: groupRecords,
    statics,
    upstream: deps.upstream,
    offersLocal: deps.offersLocal,
  });
  return {
    accounts,
    users: { ...createUsers(shared), ...userPasswords },
    groups: createGroups({ groups: groupRecords, users: records, audit, now }),
    sources: (factors) => accountSources({ statics, records }, factors),
    signIn: createPasswordSignIn({ accounts, passwords, throttle, users: { rehash }, audit, now }),
    throttle,
    minLength: policy.minLength,
    passwordLoad: () => passwords.load(),
    async replaceStatics(wanted) {
      fixed = await checkedStatics(wanted, records);
      await staticEndings.follow(fixed.all);
    },
    expiring: [attempts, proven, buckets, endings],
    close: staticEndings.close,
  };
}

/** Static accounts that no stored user has an id or a login of. */
async function checkedStatics(
  passwords: readonly StaticPassword[],
  records: UserRecords,
): Promise<StaticAccounts> {
  const statics = createStaticAccounts(passwords);
  for (const account of statics.all) {
    if ((await records.read(account.id)) !== undefined)
      throw new AccountConflictError(`a user in the store has the userID ${account.id}`);
    for (const login of loginsOf(account)) {
      const user = await records.find(login);
      if (user === undefined) continue;
      throw new AccountConflictError(
        `the user ${user.id} in the store can sign in as ${login} already; rename or delete that one, or leave the account out of staticPasswords`,
      );
    }
  }
  return statics;
}
