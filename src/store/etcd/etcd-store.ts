import { requireLimit, requireValid, requireWellFormed } from '../check-request.ts';
import { isStorableText } from '../key-order.ts';
import {
  CompactedError,
  type Entry,
  FutureRevisionError,
  LeaseNotFoundError,
  type ListOptions,
  type Store,
} from '../store.ts';
import type { EtcdConnection } from './etcd-connection.ts';
import { isCompacted, isFuture, toStoreError } from './etcd-failure.ts';
import { createEtcdLeases } from './etcd-leases.ts';
import type { Answer, RangeAnswer, RangeOfKeys, TxnAnswer, WatchAnswer } from './etcd-messages.ts';
import { hasChanged, isLeaseId, toTransaction } from './etcd-transaction.ts';
import type { EtcdWatches } from './etcd-watches.ts';
import type { KeySpace } from './key-space.ts';

export interface EtcdStoreDeps {
  readonly connection: EtcdConnection;
  readonly namespace: string;
  readonly space: KeySpace;
  readonly watches: EtcdWatches;
}

/** Entries read at once: what a member answers it has in memory several times. */
const PAGE_SIZE = 1000;

/** The contract over etcd's own API. Reads are linearizable: they see what any process was told that it had written. */
export function createEtcdStore({ connection, namespace, space, watches }: EtcdStoreDeps): Store {
  const leases = createEtcdLeases({ connection, namespace, watches });
  let closed = false;

  async function call<T>(work: () => Promise<T>): Promise<T> {
    if (closed) throw new Error('the store is closed');
    try {
      return await work();
    } catch (error) {
      throw toStoreError(error);
    }
  }

  function range(request: RangeOfKeys & { limit?: number; revision?: string; count_only?: boolean }) {
    return connection.read<RangeAnswer>('/v3/kv/range', request);
  }

  async function current(): Promise<number> {
    return revisionOf(await range({ key: space.marker, count_only: true }));
  }

  const revisionOf = ({ header }: Answer) => space.toRevision(header?.revision);

  /** etcd tells only a watch since when it has its history. */
  async function compactedRevision(): Promise<number> {
    const done = new AbortController();
    const request = { create_request: { key: space.marker, start_revision: '1' } };
    try {
      for await (const answer of connection.stream<WatchAnswer>('/v3/watch', request, done.signal)) {
        if (answer.compact_revision !== undefined)
          return Math.max(0, space.toRevision(answer.compact_revision));
        if (answer.events !== undefined) return 0;
      }
      return 0;
    } finally {
      done.abort();
    }
  }

  async function explain(error: unknown): Promise<never> {
    if (isCompacted(error)) throw new CompactedError(await compactedRevision());
    if (isFuture(error)) throw new FutureRevisionError(await current());
    throw error;
  }

  async function list(keys: RangeOfKeys, limit: number, asked: number | undefined) {
    const entries: Entry[] = [];
    let { key } = keys;
    let revision = asked;
    for (;;) {
      const page = Math.min(limit - entries.length, PAGE_SIZE);
      const answer = await range({
        ...keys,
        key,
        ...(page === 0 ? { count_only: true } : { limit: page }),
        ...(revision !== undefined && { revision: space.ofEtcd(revision) }),
      }).catch(explain);
      revision ??= revisionOf(answer);
      const found = answer.kvs ?? [];
      for (const keyValue of found) entries.push(space.toEntry(keyValue));
      const remaining = Number(answer.count ?? 0) - found.length;
      const last = found.at(-1);
      if (remaining === 0 || last === undefined || entries.length >= limit)
        return { entries, revision, remaining };
      key = after(last.key);
    }
  }

  return {
    get: (key) =>
      call(async () => {
        if (!isStorableText(key) || key === '') return undefined;
        const [found] = (await range({ key: space.key(key) })).kvs ?? [];
        return found && space.toEntry(found);
      }),

    list: (prefix, options: ListOptions = {}) =>
      call(async () => {
        requireWellFormed(prefix, options.after ?? '', options.before ?? '');
        requireLimit(options.limit);
        const { limit = Number.POSITIVE_INFINITY, revision } = options;
        if (revision !== undefined && revision < 0) throw new CompactedError(await compactedRevision());
        const keys = space.range(prefix, options.after, options.before);
        return list(keys ?? { key: space.nothing }, limit, revision);
      }),

    txn: (conditions, writes) =>
      call(async () => {
        requireValid(conditions, writes);
        for (const write of writes) {
          if (write.type === 'put' && write.leaseId !== undefined && !isLeaseId(write.leaseId))
            throw new LeaseNotFoundError();
        }
        const request = toTransaction(space, conditions, writes);
        const answer = await connection.write<TxnAnswer>('/v3/kv/txn', request);
        const revision = revisionOf(answer);
        const committed = answer.succeeded === true;
        if (committed && hasChanged(writes, answer.responses)) await watches.toldOf(revision);
        return { committed, revision };
      }),

    watch(prefix, afterRevision, handlers) {
      if (closed) throw new Error('the store is closed');
      requireWellFormed(prefix);
      return watches.watch(prefix, afterRevision, handlers);
    },

    lease: (ttlMs) => call(() => leases.grant(ttlMs)),
    revision: () => call(current),

    compact: (revision) =>
      call(async () => {
        if (revision <= 0) return;
        try {
          await connection.write('/v3/kv/compaction', { revision: space.ofEtcd(revision) });
        } catch (error) {
          // That much is forgotten already.
          if (!isCompacted(error)) await explain(error);
        }
        watches.compacted(revision);
      }),

    async close() {
      if (closed) return;
      closed = true;
      watches.close();
      await connection.close();
    },
  };
}

/** The key, in etcd's bytes, that follows this one. */
function after(key: string): string {
  return Buffer.concat([Buffer.from(key, 'base64'), Buffer.of(0)]).toString('base64');
}
