import {
  type Condition,
  type Entry,
  MOST_CONDITIONS,
  type Store,
  type TxnResult,
  type Write,
} from './store.ts';

export interface ExpiringRecord<T> {
  readonly value: T;
  /** Milliseconds since the epoch; from then on the record is absent. */
  readonly expiresAt: number;
  /** For ifRevision. */
  readonly revision: number;
}

export interface IfRevision {
  /** Only when the record is at this revision; 0: only when there is none. */
  readonly ifRevision?: number;
}

export interface PutOptions extends IfRevision {
  /** Only when the record is still this one: like its revision, but it is not read again. */
  readonly replacing?: ExpiringRecord<unknown>;
}

export interface ExpiringEntry<T> extends ExpiringRecord<T> {
  readonly key: string;
}

/** JSON records that end at a moment. An expired record is absent at once, whether or not it has been collected. */
export interface Expiring<T> {
  get(key: string): Promise<ExpiringRecord<T> | undefined>;
  /** The records whose keys begin with this, in the order of their keys; read page by page, not at one moment. */
  entries(keyPrefix: string): AsyncIterable<ExpiringEntry<T>>;
  /** Creates or replaces. Returns the record's new revision, undefined when an option does not hold. */
  put(key: string, value: T, expiresAt: number, options?: PutOptions): Promise<number | undefined>;
  /** The new record's revision, undefined when there is one already. */
  create(key: string, value: T, expiresAt: number): Promise<number | undefined>;
  /** True when this call removed an unexpired record: of several at once exactly one gets true. */
  delete(key: string, options?: IfRevision): Promise<boolean>;
  /** How many records there are, with those that have expired and are not collected yet. */
  count(): Promise<number>;
  /** Removes at most `limit` expired records (and at most 100), the oldest first. Returns how many index entries it worked off. */
  collect(limit: number): Promise<number>;
}

export interface ExpiringDeps {
  /** All keys of the set lie under it; no other set's prefix may begin with it. */
  readonly prefix: string;
  /** Milliseconds since the epoch. */
  now(): number;
}

interface Stored<T> {
  readonly value: T;
  readonly expiresAt: number;
}

interface Raw<T> {
  /** 0 when there is none. */
  readonly modRevision: number;
  readonly stored: Stored<T> | undefined;
}

/** Records read at once by `entries`. */
const PAGE_SIZE = 200;

/** Digits of Number.MAX_SAFE_INTEGER: times of one width sort as text. */
const TIME_DIGITS = 16;

/**
 * Records under `<prefix>record/<key>` with an index under `<prefix>expiry/<time>/<key>`, written in one transaction.
 * Collecting walks the index, never the records. An index entry may outlive what it points to (a record rewritten by
 * two callers at once); the record itself decides, and the entry goes when its time comes.
 */
export function createExpiring<T>(store: Store, { prefix, now }: ExpiringDeps): Expiring<T> {
  const indexPrefix = `${prefix}expiry/`;
  const recordKey = (key: string) => `${prefix}record/${key}`;
  const indexKey = (key: string, expiresAt: number) => `${indexPrefix}${formatTime(expiresAt)}/${key}`;

  async function read(key: string): Promise<Raw<T>> {
    const entry = await store.get(recordKey(key));
    return { modRevision: entry?.modRevision ?? 0, stored: entry && parse<T>(entry) };
  }

  async function* entries(keyPrefix: string): AsyncGenerator<ExpiringEntry<T>> {
    let after: string | undefined;
    do {
      const options = { limit: PAGE_SIZE, ...(after === undefined ? {} : { after }) };
      const page = await store.list(recordKey(keyPrefix), options);
      for (const entry of page.entries) {
        const record = { key: entry.key.slice(recordKey('').length), revision: entry.modRevision };
        const stored = parse<T>(entry);
        if (stored.expiresAt > now()) yield { ...stored, ...record };
      }
      after = page.remaining > 0 ? page.entries.at(-1)?.key : undefined;
    } while (after !== undefined);
  }

  /** What callers see: an expired record is none. */
  function visibleRevision({ modRevision, stored }: Raw<T>): number {
    return stored !== undefined && stored.expiresAt > now() ? modRevision : 0;
  }

  function forgetIndex(key: string, { stored }: Raw<T>, keep?: number): Write[] {
    if (stored === undefined || stored.expiresAt === keep) return [];
    return [{ type: 'delete', key: indexKey(key, stored.expiresAt) }];
  }

  function unchanged(key: string, { modRevision }: Raw<T>): Condition {
    return { key: recordKey(key), modRevision };
  }

  /** The record's new revision; undefined when what was there before is not there any more. */
  async function replace(key: string, value: T, expiresAt: number, before: Raw<T>, anyway = false) {
    const record: Write = { type: 'put', key: recordKey(key), value: JSON.stringify({ expiresAt, value }) };
    // A record that ends when it did before has its index entry: but only as long as nobody changes that.
    const indexed = before.stored?.expiresAt === expiresAt;
    const index: Write[] = indexed ? [] : [{ type: 'put', key: indexKey(key, expiresAt), value: '' }];
    const conditions = anyway && !indexed ? [] : [unchanged(key, before)];
    const result = await store.txn(conditions, [record, ...index, ...forgetIndex(key, before, expiresAt)]);
    return result.committed ? result.revision : undefined;
  }

  async function put(key: string, value: T, expiresAt: number, { ifRevision, replacing }: PutOptions = {}) {
    if (replacing !== undefined) {
      const { revision, expiresAt: end } = replacing;
      if (end <= now()) return undefined;
      return replace(key, value, expiresAt, { modRevision: revision, stored: { value, expiresAt: end } });
    }
    for (;;) {
      const before = await read(key);
      if (ifRevision !== undefined && visibleRevision(before) !== ifRevision) return undefined;
      const revision = await replace(key, value, expiresAt, before, ifRevision === undefined);
      // Otherwise somebody else got ahead (perhaps only the collector): look again.
      if (revision !== undefined) return revision;
    }
  }

  /** Nearly always there is none, and nothing to be read. */
  async function create(key: string, value: T, expiresAt: number): Promise<number | undefined> {
    const none = { modRevision: 0, stored: undefined };
    return (
      (await replace(key, value, expiresAt, none)) ?? (await put(key, value, expiresAt, { ifRevision: 0 }))
    );
  }

  async function remove(key: string, { ifRevision }: IfRevision = {}): Promise<boolean> {
    for (;;) {
      const before = await read(key);
      const revision = visibleRevision(before);
      if (revision === 0 || (ifRevision !== undefined && revision !== ifRevision)) return false;
      const writes: Write[] = [{ type: 'delete', key: recordKey(key) }, ...forgetIndex(key, before)];
      if ((await store.txn([unchanged(key, before)], writes)).committed) return true;
    }
  }

  /** Removes an index entry and, when the record has expired too, the record. Changed records fail the transaction. */
  async function collectable(
    entry: Entry,
    time: number,
  ): Promise<{ conditions: Condition[]; writes: Write[] }> {
    const key = entry.key.slice(indexPrefix.length + TIME_DIGITS + 1);
    const raw = await read(key);
    const writes: Write[] = [{ type: 'delete', key: entry.key }];
    if (raw.stored !== undefined && raw.stored.expiresAt <= time)
      writes.push({ type: 'delete', key: recordKey(key) });
    return { conditions: [unchanged(key, raw)], writes };
  }

  async function collect(limit: number): Promise<number> {
    const time = now();
    const most = Math.min(limit, MOST_CONDITIONS);
    const due = await store.list(indexPrefix, { before: indexPrefix + formatTime(time + 1), limit: most });
    if (due.entries.length === 0) return 0;
    const removals = await Promise.all(due.entries.map((entry) => collectable(entry, time)));
    const together = await commitAll(store, removals);
    // One record in use must not keep the others: take them one by one; what fails again is left for the next time.
    if (!together.committed) await Promise.all(removals.map((removal) => commitAll(store, [removal])));
    return due.entries.length;
  }

  return {
    async get(key) {
      const raw = await read(key);
      const revision = visibleRevision(raw);
      return raw.stored === undefined || revision === 0 ? undefined : { ...raw.stored, revision };
    },
    entries,
    put,
    create,
    delete: remove,
    async count() {
      return (await store.list(recordKey(''), { limit: 0 })).remaining;
    },
    collect,
  };
}

interface Removal {
  readonly conditions: readonly Condition[];
  readonly writes: readonly Write[];
}

function commitAll(store: Store, removals: readonly Removal[]): Promise<TxnResult> {
  // A record and two index entries of it can be due at once: each key is written only once.
  const writes = new Map(removals.flatMap((removal) => removal.writes).map((write) => [write.key, write]));
  return store.txn(
    removals.flatMap((removal) => removal.conditions),
    [...writes.values()],
  );
}

function formatTime(time: number): string {
  if (!Number.isSafeInteger(time) || time < 0)
    throw new RangeError('an expiry is a whole number of ms since the epoch');
  return String(time).padStart(TIME_DIGITS, '0');
}

function parse<T>({ value }: Entry): Stored<T> {
  const stored: Stored<T> = JSON.parse(value);
  return { value: stored.value, expiresAt: stored.expiresAt };
}
