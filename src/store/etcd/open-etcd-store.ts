import { setTimeout as pause } from 'node:timers/promises';
import type { Store } from '../store.ts';
import { StoreOpenError } from '../store-open-error.ts';
import { createEtcdConnection, type EtcdConnection } from './etcd-connection.ts';
import { isOutage, isTlsFailure } from './etcd-failure.ts';
import { type EtcdTls, openEtcdHttp } from './etcd-http.ts';
import { fromBytes, type RangeAnswer, type TxnAnswer, toBytes } from './etcd-messages.ts';
import { createEtcdStore } from './etcd-store.ts';
import { createEtcdWatches } from './etcd-watches.ts';
import { allKeys, createKeySpace, markerKey } from './key-space.ts';
import { toOpenError } from './open-failure.ts';

export interface EtcdStoreOptions {
  /** Origins of the members, such as `https://10.0.0.1:2379`. */
  readonly endpoints: readonly [string, ...string[]];
  /** What every key in etcd begins with; nothing else is read or written. '' for an etcd of its own. */
  readonly namespace: string;
  readonly credentials?: { readonly name: string; readonly password: string } | undefined;
  readonly tls?: EtcdTls | undefined;
  /** How long to wait for an etcd that does not answer yet. Default: 5 s. */
  readonly patienceMs?: number;
  /** Told of what has no caller: a stream of events that broke. It is taken up again by itself. */
  readonly onError?: (error: unknown) => void;
}

/** Of what lies in the namespace. */
const SCHEMA = 1;
const RETRY_MS = 200;

/**
 * A store in an etcd (3.4 or later), for any number of processes at once: what txn has acknowledged is on the disks of
 * most of its members.
 * @throws StoreOpenError (as a rejection)
 */
export async function openEtcdStore(options: EtcdStoreOptions): Promise<Store> {
  const { endpoints, namespace, credentials, tls, patienceMs = 5000 } = options;
  const { onError = (error: unknown) => process.emitWarning(String(error)) } = options;
  const place = `etcd ${endpoints.join(',')}`;
  const connection = createEtcdConnection({ http: await openEtcdHttp({ tls }), endpoints, credentials });
  try {
    const base = await patiently(patienceMs, () => findBase(connection, namespace, place));
    const space = createKeySpace(namespace, base);
    const { header } = await connection.read('/v3/kv/range', { key: space.marker, count_only: true });
    const revision = space.toRevision(header?.revision);
    const watches = createEtcdWatches({ connection, space, revision, onError });
    await watches.begun;
    return createEtcdStore({ connection, namespace, space, watches });
  } catch (error) {
    await connection.close();
    throw toOpenError(error, place);
  }
}

async function patiently<T>(patienceMs: number, work: () => Promise<T>): Promise<T> {
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const mayPass = !(error instanceof StoreOpenError) && isOutage(error) && !isTlsFailure(error);
      if (!mayPass || performance.now() > until) throw error;
      await pause(RETRY_MS);
    }
  }
}

/** etcd's revision when the store was made, which whoever comes first does. */
async function findBase(connection: EtcdConnection, namespace: string, place: string): Promise<number> {
  const key = markerKey(namespace);
  const absent = { key, target: 'MOD', result: 'EQUAL', mod_revision: '0' };
  for (;;) {
    // One transaction: another process may be making it.
    const { responses = [] } = await connection.read<TxnAnswer>('/v3/kv/txn', {
      compare: [absent],
      success: [{ request_range: { ...allKeys(namespace), count_only: true } }],
      failure: [{ request_range: { key } }],
    });
    const found = responses[0]?.response_range ?? {};
    const marker = found.kvs?.[0];
    if (marker !== undefined) {
      requireKnownSchema(fromBytes(marker.value), place);
      return Number(marker.create_revision);
    }
    requireEmpty(found, namespace, place);
    const value = toBytes(JSON.stringify({ schema: SCHEMA }));
    await connection.write('/v3/kv/txn', { compare: [absent], success: [{ request_put: { key, value } }] });
  }
}

function requireEmpty({ count }: RangeAnswer, namespace: string, place: string): void {
  if (Number(count ?? 0) === 0) return;
  const problem = `the keys under "${namespace}" belong to another program`;
  throw new StoreOpenError('SP_STORE_FOREIGN', place, problem, 'name another namespace');
}

function requireKnownSchema(marker: string, place: string): void {
  const { schema }: { schema?: number } = JSON.parse(marker);
  if (schema !== undefined && schema <= SCHEMA) return;
  throw new StoreOpenError(
    'SP_STORE_NEWER_SCHEMA',
    place,
    `a newer release has written it (schema ${schema}, this release knows up to ${SCHEMA})`,
    'run that release, or restore the backup from before the upgrade',
  );
}
