import { type KeyRange, keyRange, prefixEnd } from '../key-order.ts';
import type { Entry } from '../store.ts';
import { fromBytes, type KeyValue, type RangeOfKeys, toBytes } from './etcd-messages.ts';

/**
 * A store's part of etcd: the keys under a namespace, and the revisions since the store was made in it. etcd counts the
 * transactions of everybody who uses it; the store begins at 0 with the one that made its marker.
 */
export interface KeySpace {
  /** The whole store, without its marker. */
  readonly all: RangeOfKeys;
  /** A key that is always there and none of the store's. */
  readonly marker: string;
  /** A key that is never there. */
  readonly nothing: string;
  key(key: string): string;
  prefix(prefix: string): RangeOfKeys;
  /** Undefined when no key can be in it. */
  range(prefix: string, after?: string, before?: string): RangeOfKeys | undefined;
  /** The store's revision. */
  toRevision(ofEtcd: string | undefined): number;
  /** etcd's revision. */
  ofEtcd(revision: number): string;
  toEntry(keyValue: KeyValue): Entry;
}

/** NUL is in no key of a store: what begins with it is the namespace's own. */
export function markerKey(namespace: string): string {
  return toBytes(`${namespace}\0store`);
}

/** Every key of the namespace but the marker. */
export function allKeys(namespace: string): RangeOfKeys {
  return toRange(namespace, { start: '', end: undefined });
}

/** @param base etcd's revision when the store was made */
export function createKeySpace(namespace: string, base: number): KeySpace {
  const toRevision = (ofEtcd: string | undefined) => Number(ofEtcd ?? 0) - base;

  function range(prefix: string, after?: string, before?: string): RangeOfKeys | undefined {
    const keys = keyRange(prefix, after, before);
    const bytes = ({ start, end }: KeyRange) =>
      end === undefined ? -1 : Buffer.compare(Buffer.from(start), Buffer.from(end));
    return bytes(keys) >= 0 ? undefined : toRange(namespace, keys);
  }

  return {
    all: allKeys(namespace),
    marker: markerKey(namespace),
    nothing: toBytes(`${namespace}\0nothing`),
    key: (key) => toBytes(namespace + key),
    prefix: (prefix) => toRange(namespace, keyRange(prefix)),
    range,
    toRevision,
    ofEtcd: (revision) => String(revision + base),
    toEntry({ key, value, create_revision, mod_revision, lease }) {
      return {
        key: fromBytes(key).slice(namespace.length),
        value: fromBytes(value),
        createRevision: toRevision(create_revision),
        modRevision: toRevision(mod_revision),
        ...(lease !== undefined && lease !== '0' && { leaseId: lease }),
      };
    },
  };
}

const AFTER_NUL = '\u0001';
/** etcd's way to say: to the last key there is. */
const NO_END = '\0';

function toRange(namespace: string, { start, end }: KeyRange): RangeOfKeys {
  const last = end === undefined ? prefixEnd(namespace) : namespace + end;
  const first = start === '' || start.startsWith('\0') ? AFTER_NUL : start;
  return { key: toBytes(namespace + first), range_end: toBytes(last ?? NO_END) };
}
