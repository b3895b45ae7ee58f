import { type Condition, type Entry, MOST_CONDITIONS, type Store, type Write } from './store.ts';

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
  /**
   * The records whose keys begin with this, in the order of their keys; read page by page, not at one moment.
   * @param after only those with greater keys
   */
  entries(keyPrefix: string, after?: string): AsyncIterable<ExpiringEntry<T>>;
  /** Creates or replaces. Returns the record's new revision, undefined when an option does not hold. */
  put(key: string, value: T, expiresAt: number, options?: PutOptions): Promise<number | undefined>;
  /** The new record's revision, undefined when there is one already. */
  create(key: string, value: T, expiresAt: number): Promise<number | undefined>;
  /** True when this call removed an unexpired record: of several at once exactly one gets true. */
  delete(key: string, options?: IfRevision): Promise<boolean>;
  /** How many records there are, with those that have expired and are not collected yet. */
  count(): Promise<number>;
  /**
   * Looks at the next `limit` records, at most 100, and removes those that have expired; after the last it begins anew.
   * @param before is shown those that are about to be removed: what hangs on them goes first
   */
  collect(limit: number, before?: (values: readonly T[]) => Promise<void>): Promise<Collected>;
}

export interface Collected {
  /** Fewer than were asked for: the last one was among them. */
  readonly seen: number;
  readonly removed: number;
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

/**
 * Records under `<prefix>record/<key>`, one key each. There is no index by time: it would cost every record as much again
 * as the record itself, for the few that are not removed before they expire. Those are found by walking, a page at a time.
 */
export function createExpiring<T>(store: Store, { prefix, now }: ExpiringDeps): Expiring<T> {
  const recordKey = (key: string) => `${prefix}record/${key}`;
  /** Where the next page of `collect` begins. */
  let cursor: string | undefined;

  async function read(key: string): Promise<Raw<T>> {
    const entry = await store.get(recordKey(key));
    return { modRevision: entry?.modRevision ?? 0, stored: entry && parse<T>(entry) };
  }

  /** At most so many of the entries that begin with this. */
  async function page(start: string, after: string | undefined, limit: number): Promise<readonly Entry[]> {
    const { entries: found } = await store.list(start, {
      limit,
      counted: false,
      ...(after === undefined ? {} : { after }),
    });
    return found;
  }

  async function* entries(keyPrefix: string, after?: string): AsyncGenerator<ExpiringEntry<T>> {
    let found: readonly Entry[] = [];
    let seen = after === undefined ? undefined : recordKey(after);
    do {
      found = await page(recordKey(keyPrefix), seen, PAGE_SIZE);
      seen = found.at(-1)?.key;
      for (const entry of found) {
        const record = { key: entry.key.slice(recordKey('').length), revision: entry.modRevision };
        const stored = parse<T>(entry);
        if (stored.expiresAt > now()) yield { ...stored, ...record };
      }
    } while (found.length === PAGE_SIZE);
  }

  /** What callers see: an expired record is none. */
  function visibleRevision({ modRevision, stored }: Raw<T>): number {
    return stored !== undefined && stored.expiresAt > now() ? modRevision : 0;
  }

  /** @param modRevision of what is replaced; 0: nothing; undefined: whatever is there */
  async function write(key: string, value: T, expiresAt: number, modRevision?: number) {
    if (!Number.isSafeInteger(expiresAt) || expiresAt < 0)
      throw new RangeError('an expiry is a whole number of ms since the epoch');
    const record: Write = { type: 'put', key: recordKey(key), value: JSON.stringify({ expiresAt, value }) };
    const conditions = modRevision === undefined ? [] : [{ key: recordKey(key), modRevision }];
    const result = await store.txn(conditions, [record]);
    return result.committed ? result.revision : undefined;
  }

  async function put(key: string, value: T, expiresAt: number, { ifRevision, replacing }: PutOptions = {}) {
    if (replacing !== undefined)
      return replacing.expiresAt > now() ? write(key, value, expiresAt, replacing.revision) : undefined;
    if (ifRevision === undefined) return write(key, value, expiresAt);
    for (;;) {
      const before = await read(key);
      if (visibleRevision(before) !== ifRevision) return undefined;
      const revision = await write(key, value, expiresAt, before.modRevision);
      // Otherwise somebody else got ahead (perhaps only the collector): look again.
      if (revision !== undefined) return revision;
    }
  }

  /** Nearly always there is none, and nothing to be read. */
  async function create(key: string, value: T, expiresAt: number): Promise<number | undefined> {
    return (await write(key, value, expiresAt, 0)) ?? (await put(key, value, expiresAt, { ifRevision: 0 }));
  }

  async function remove(key: string, { ifRevision }: IfRevision = {}): Promise<boolean> {
    for (;;) {
      const before = await read(key);
      const revision = visibleRevision(before);
      if (revision === 0 || (ifRevision !== undefined && revision !== ifRevision)) return false;
      const result = await store.txn(
        [{ key: recordKey(key), modRevision: before.modRevision }],
        [{ type: 'delete', key: recordKey(key) }],
      );
      if (result.committed) return true;
    }
  }

  async function collect(
    limit: number,
    before?: (values: readonly T[]) => Promise<void>,
  ): Promise<Collected> {
    const most = Math.min(limit, MOST_CONDITIONS);
    const found = await page(recordKey(''), cursor, most);
    cursor = found.length < most ? undefined : found.at(-1)?.key;
    const time = now();
    const expired = found.filter((entry) => expiryOf(entry) <= time);
    if (expired.length === 0) return { seen: found.length, removed: 0 };
    await before?.(expired.map((entry) => parse<T>(entry).value));
    if (await removeAll(store, expired)) return { seen: found.length, removed: expired.length };
    // One record in use must not keep the others: take them one by one; what fails again is left for the next time.
    const done = await Promise.all(expired.map((entry) => removeAll(store, [entry])));
    return { seen: found.length, removed: done.filter(Boolean).length };
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

/** @returns false when one of them has changed: then all are still there */
async function removeAll(store: Store, entries: readonly Entry[]): Promise<boolean> {
  const conditions: Condition[] = entries.map(({ key, modRevision }) => ({ key, modRevision }));
  const writes: Write[] = entries.map(({ key }) => ({ type: 'delete', key }));
  return (await store.txn(conditions, writes)).committed;
}

/** A record begins with its end, so that the rest of it need not be read to see it. */
function expiryOf({ value }: Entry): number {
  return Number(value.slice('{"expiresAt":'.length, value.indexOf(',')));
}

function parse<T>({ value }: Entry): Stored<T> {
  const stored: Stored<T> = JSON.parse(value);
  return { value: stored.value, expiresAt: stored.expiresAt };
}
