import type { Condition, Entry, ListOptions, Store, StoreWatch, Write } from '../../../store/index.ts';
import { AccountError } from '../account-error.ts';
import { type AccountWatchHandlers, watchAccounts } from '../account-watch.ts';
import { loginsOf, normalizeLogin } from '../login.ts';
import type { HashWorkLedger } from '../passwords/hash-work-ledger.ts';
import type { StoredUser } from './user.ts';

export interface UserRecord {
  readonly id: string;
  readonly revision: number;
  readonly user: StoredUser;
}

/** Users in the store: `identity/users/<id>`, and their logins beside them. Each login is one user's, whatever happens at once. */
export interface UserRecords {
  read(id: string): Promise<UserRecord | undefined>;
  /** The user that signs in so. */
  find(login: string): Promise<UserRecord | undefined>;
  /** Throws CompactedError or FutureRevisionError for a revision that cannot be read. */
  list(
    options: Pick<ListOptions, 'limit' | 'after' | 'revision'>,
  ): Promise<{ readonly found: readonly UserRecord[]; readonly revision: number }>;
  count(): Promise<number>;
  watch(after: number, handlers: AccountWatchHandlers<UserRecord>): StoreWatch;
  /**
   * Writes the user instead of `before` (undefined: where there is none yet) and its logins, all or nothing.
   * @param also what else must hold, and what else is written then
   * @returns the new record; undefined when something has changed meanwhile, to be looked at anew
   * @throws AccountError `taken`
   */
  write(
    id: string,
    before: UserRecord | undefined,
    user: StoredUser,
    also?: Also,
  ): Promise<UserRecord | undefined>;
  /**
   * Whether it could be written so, as things stand.
   * @throws AccountError `taken`
   */
  check(id: string, before: UserRecord | undefined, user: StoredUser): Promise<void>;
  /** False when the record has changed meanwhile. */
  remove(before: UserRecord, writes?: readonly Write[]): Promise<boolean>;
}

export interface Also {
  readonly conditions?: readonly Condition[];
  readonly writes?: readonly Write[];
}

const USERS = 'identity/users/';
const LOGINS = 'identity/logins/';

function toRecord({ key, value, modRevision }: Entry): UserRecord {
  return { id: key.slice(USERS.length), revision: modRevision, user: JSON.parse(value) as StoredUser };
}

export function createUserRecords(store: Store, ledger: HashWorkLedger): UserRecords {
  async function read(id: string): Promise<UserRecord | undefined> {
    const entry = await store.get(USERS + id);
    return entry && toRecord(entry);
  }

  /** Each new login must be nobody's; the old ones are this user's, which the condition on the record itself sees to. */
  async function loginChanges(
    id: string,
    before: UserRecord | undefined,
    user: StoredUser,
  ): Promise<{ conditions: Condition[]; writes: Write[] }> {
    const old = before === undefined ? new Set<string>() : loginsOf(before.user);
    const wanted = loginsOf(user);
    const added = [...wanted].filter((login) => !old.has(login));
    for (const login of added) {
      if ((await store.get(LOGINS + login)) !== undefined)
        throw new AccountError('taken', `another account can sign in as ${login}`, {
          field: login === normalizeLogin(user.email) ? 'email' : 'preferredUsername',
        });
    }
    const removed = [...old].filter((login) => !wanted.has(login));
    return {
      conditions: added.map((login) => ({ key: LOGINS + login, modRevision: 0 })),
      writes: [
        ...added.map((login) => ({ type: 'put', key: LOGINS + login, value: id }) as const),
        ...removed.map((login) => ({ type: 'delete', key: LOGINS + login }) as const),
      ],
    };
  }

  return {
    read,
    async find(login) {
      const key = normalizeLogin(login);
      const entry = key === '' ? undefined : await store.get(LOGINS + key);
      const record = entry && (await read(entry.value));
      // Between the two reads the user may have been renamed.
      return record && loginsOf(record.user).has(key) ? record : undefined;
    },
    watch: (after, handlers) => watchAccounts(store, USERS, after, toRecord, handlers),
    async count() {
      const { entries, remaining } = await store.list(USERS, { limit: 1 });
      return entries.length + remaining;
    },
    async list({ limit, after, revision: at }) {
      const { entries, revision } = await store.list(USERS, {
        ...(at === undefined ? {} : { revision: at }),
        ...(limit === undefined ? {} : { limit }),
        ...(after === undefined ? {} : { after: USERS + after }),
      });
      return { found: entries.map(toRecord), revision };
    },
    async write(id, before, user, { conditions = [], writes = [] } = {}) {
      const logins = await loginChanges(id, before, user);
      const work = await ledger.raiseFor(user.hash);
      const { committed, revision } = await store.txn(
        [
          { key: USERS + id, modRevision: before?.revision ?? 0 },
          ...logins.conditions,
          ...work.conditions,
          ...conditions,
        ],
        [
          { type: 'put', key: USERS + id, value: JSON.stringify(user) },
          ...logins.writes,
          ...work.writes,
          ...writes,
        ],
      );
      return committed ? { id, revision, user } : undefined;
    },
    async check(id, before, user) {
      await loginChanges(id, before, user);
    },
    async remove(before, writes = []) {
      const { committed } = await store.txn(
        [{ key: USERS + before.id, modRevision: before.revision }],
        [
          { type: 'delete', key: USERS + before.id },
          ...[...loginsOf(before.user)].map((login) => ({ type: 'delete', key: LOGINS + login }) as const),
          ...writes,
        ],
      );
      return committed;
    },
  };
}
