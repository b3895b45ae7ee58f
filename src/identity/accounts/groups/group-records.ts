import type { Condition, Entry, ListOptions, Store, StoreWatch, Write } from '../../../store/index.ts';
import { AccountError } from '../account-error.ts';
import { type AccountWatchHandlers, watchAccounts } from '../account-watch.ts';
import type { StoredGroup } from './group.ts';

export interface GroupRecord {
  readonly name: string;
  readonly revision: number;
  readonly group: StoredGroup;
}

/** Groups in the store, `identity/groups/<name>`; also those that are being deleted. */
export interface GroupRecords {
  read(name: string): Promise<GroupRecord | undefined>;
  /** Throws CompactedError or FutureRevisionError for a revision that cannot be read. */
  list(
    options: Pick<ListOptions, 'limit' | 'after' | 'revision'>,
  ): Promise<{ readonly found: readonly GroupRecord[]; readonly revision: number }>;
  /** One that is being deleted is gone. */
  watch(after: number, handlers: AccountWatchHandlers<GroupRecord>): StoreWatch;
  /** Writes records that are as they were read (`undefined`: absent), all or none. */
  write(
    changes: readonly {
      readonly name: string;
      readonly before: GroupRecord | undefined;
      readonly group: StoredGroup | undefined;
    }[],
  ): Promise<number | undefined>;
  /**
   * The groups that somebody in these is in: these, and what they belong to. Names of no group are left out: who is in a
   * group that was deleted has no right by its name.
   */
  expand(names: readonly string[]): Promise<readonly string[]>;
  /**
   * What must hold in a transaction that puts somebody into these groups.
   * @throws AccountError `notFound`
   */
  mustExist(names: readonly string[]): Promise<readonly Condition[]>;
}

const GROUPS = 'identity/groups/';

function toRecord({ key, value, modRevision }: Entry): GroupRecord {
  return { name: key.slice(GROUPS.length), revision: modRevision, group: JSON.parse(value) as StoredGroup };
}

function toLiving(entry: Entry): GroupRecord | undefined {
  const record = toRecord(entry);
  return record.group.deleting === true ? undefined : record;
}

export function createGroupRecords(store: Store): GroupRecords {
  async function read(name: string): Promise<GroupRecord | undefined> {
    const entry = await store.get(GROUPS + name);
    return entry && toRecord(entry);
  }

  async function readAlive(name: string): Promise<GroupRecord | undefined> {
    const record = await read(name);
    return record?.group.deleting === true ? undefined : record;
  }

  return {
    read,
    watch: (after, handlers) => watchAccounts(store, GROUPS, after, toLiving, handlers),
    async list({ limit, after, revision: at }) {
      const { entries, revision } = await store.list(GROUPS, {
        ...(at === undefined ? {} : { revision: at }),
        ...(limit === undefined ? {} : { limit }),
        ...(after === undefined ? {} : { after: GROUPS + after }),
      });
      return { found: entries.map(toRecord), revision };
    },
    async write(changes) {
      const { committed, revision } = await store.txn(
        changes.map(({ name, before }) => ({ key: GROUPS + name, modRevision: before?.revision ?? 0 })),
        changes.map(
          ({ name, group }): Write =>
            group === undefined
              ? { type: 'delete', key: GROUPS + name }
              : { type: 'put', key: GROUPS + name, value: JSON.stringify(group) },
        ),
      );
      return committed ? revision : undefined;
    },
    async expand(names) {
      const records = await Promise.all(names.map(readAlive));
      const alive = records.filter((record) => record !== undefined);
      return [
        ...new Set([...alive.map(({ name }) => name), ...alive.flatMap(({ group }) => group.memberOf)]),
      ];
    },
    async mustExist(names) {
      return Promise.all(
        names.map(async (name) => {
          const record = await readAlive(name);
          if (record === undefined)
            throw new AccountError('notFound', `there is no group ${name}; create it first`, {
              field: 'groups',
            });
          return { key: GROUPS + name, modRevision: record.revision };
        }),
      );
    },
  };
}
