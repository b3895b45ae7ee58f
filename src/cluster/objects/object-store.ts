import { requestEntityTooLarge } from '../../kube/index.ts';
import {
  type Condition,
  type Entry,
  type ListOptions,
  type Store,
  TransactionTooLargeError,
  type Write,
} from '../../store/index.ts';
import type { KubeObject, ResourceType, WebhookConversion } from '../resources/index.ts';
import { inWrittenOrder } from '../schema/index.ts';
import { listPrefix, objectKey } from './object-key.ts';
import {
  atRevision,
  encodeObject,
  entryObject,
  ordered,
  type StoredObject,
  storedObject,
  storedView,
} from './stored-object.ts';

/** What else must hold, and what else is written, in an object's transaction. */
export interface TxnExtras {
  readonly conditions: readonly Condition[];
  readonly writes: readonly Write[];
}

export interface ObjectList {
  readonly items: readonly StoredObject[];
  readonly revision: number;
  readonly remaining: number;
}

export interface TypedObject {
  readonly type: ResourceType;
  readonly object: KubeObject;
}

/**
 * Objects on the store: keys, encoding and compare-and-set; no rules of Kubernetes. Where a webhook converts objects, reading
 * and writing throw StatusError 500 when it fails; then nothing has been written.
 */
export interface ObjectStore {
  get(type: ResourceType, namespace: string, name: string): Promise<StoredObject | undefined>;
  /** Throws CompactedError or FutureRevisionError for a revision that cannot be read. */
  list(type: ResourceType, namespace: string, options?: ListOptions): Promise<ObjectList>;
  /** Undefined when the name is taken or an extra condition failed: nothing was written. */
  create(type: ResourceType, object: KubeObject, extras?: TxnExtras): Promise<StoredObject | undefined>;
  /**
   * Writes objects of built-in kinds as they are, in one transaction: a hundred at most. False when one of their names is
   * taken: nothing was written.
   */
  createAll(made: readonly TypedObject[]): Promise<boolean>;
  /** Undefined when the object has moved on or an extra condition failed. */
  replace(current: StoredObject, object: KubeObject, extras?: TxnExtras): Promise<StoredObject | undefined>;
  /** Whether there is an object of this name. */
  has(type: ResourceType, namespace: string, name: string): Promise<boolean>;
  /** An object as it would be read after it was written. */
  asRead(type: ResourceType, object: KubeObject): Promise<KubeObject>;
  /** False when the object has moved on. */
  remove(current: StoredObject, extras?: TxnExtras): Promise<boolean>;
  /** Whether an object holds this reservation. */
  isReserved(key: string): Promise<boolean>;
}

/** As etcd's default request limit, 1.5 MiB, which bounds an object of a real cluster. */
const MAX_OBJECT_LENGTH = 1_572_864;

export const noExtras: TxnExtras = { conditions: [], writes: [] };

export function bothExtras(a: TxnExtras, b: TxnExtras): TxnExtras {
  return { conditions: [...a.conditions, ...b.conditions], writes: [...a.writes, ...b.writes] };
}

export function createObjectStore(store: Store): ObjectStore {
  async function put(
    type: ResourceType,
    key: string,
    modRevision: number,
    written: KubeObject,
    extras: TxnExtras,
  ): Promise<StoredObject | undefined> {
    const object = inWrittenOrder(type, written);
    const form = type.custom ?? type.kept;
    const converted = type.custom?.conversion && (await convertedBoth(type.custom.conversion, object));
    const kept = converted?.kept ?? form?.toStored(object) ?? object;
    const value = encodeObject(kept);
    // Patches and aliases can make much out of little: what counts is what would be kept.
    if (value.length > MAX_OBJECT_LENGTH) throw requestEntityTooLarge(MAX_OBJECT_LENGTH);
    const result = await store
      .txn([{ key, modRevision }, ...extras.conditions], [{ type: 'put', key, value }, ...extras.writes])
      .catch((error: unknown) => {
        throw error instanceof TransactionTooLargeError ? requestEntityTooLarge(MAX_OBJECT_LENGTH) : error;
      });
    if (!result.committed) return undefined;
    const stored = converted?.shown ?? form?.fromStored(kept) ?? object;
    return { type, key, revision: result.revision, object: atRevision(stored, result.revision) };
  }

  return {
    async get(type, namespace, name) {
      const entry = await store.get(objectKey(type, namespace, name));
      if (entry !== undefined && type.custom?.conversion !== undefined) {
        return (await convertedEntries(type, type.custom.conversion, [entry]))[0];
      }
      return entry && storedObject(type, entry);
    },

    async list(type, namespace, options = {}) {
      const { entries, revision, remaining } = await store.list(listPrefix(type, namespace), options);
      const conversion = type.custom?.conversion;
      const items =
        conversion === undefined
          ? entries.map((entry) => storedObject(type, entry))
          : await convertedEntries(type, conversion, entries);
      return { items, revision, remaining };
    },

    create(type, object, extras = noExtras) {
      const { namespace = '', name = '' } = object.metadata;
      return put(type, objectKey(type, namespace, name), 0, object, extras);
    },

    async createAll(made) {
      const writes = made.map(({ type, object }): Write => {
        const { namespace = '', name = '' } = object.metadata;
        const value = encodeObject(inWrittenOrder(type, object));
        return { type: 'put', key: objectKey(type, namespace, name), value };
      });
      const absent = writes.map(({ key }) => ({ key, modRevision: 0 }));
      return (await store.txn(absent, writes)).committed;
    },

    replace(current, object, extras = noExtras) {
      return put(current.type, current.key, current.revision, object, extras);
    },

    async remove(current, extras = noExtras) {
      const result = await store.txn(
        [{ key: current.key, modRevision: current.revision }, ...extras.conditions],
        [{ type: 'delete', key: current.key }, ...extras.writes],
      );
      return result.committed;
    },

    async has(type, namespace, name) {
      return (await store.get(objectKey(type, namespace, name))) !== undefined;
    },

    async asRead(type, object) {
      const form = type.custom ?? type.kept;
      const conversion = type.custom?.conversion;
      if (conversion !== undefined) return ordered((await convertedBoth(conversion, object)).shown);
      return ordered(form?.fromStored(form.toStored(object)) ?? inWrittenOrder(type, object));
    },

    async isReserved(key) {
      return (await store.get(key)) !== undefined;
    },
  };
}

/** An object as it is kept and as it is read then. A webhook that cannot do both has nothing written. */
async function convertedBoth(
  conversion: WebhookConversion,
  object: KubeObject,
): Promise<{ readonly kept: KubeObject; readonly shown: KubeObject }> {
  const kept = await conversion.toStored(object);
  const [shown = object] = await conversion.fromStored([kept]);
  return { kept, shown };
}

/** Converted at each read: a webhook may have been changed meanwhile. */
async function convertedEntries(
  type: ResourceType,
  conversion: WebhookConversion,
  entries: readonly Entry[],
): Promise<readonly StoredObject[]> {
  const objects = await conversion.fromStored(entries.map(entryObject));
  return entries.map((entry, index) => storedView(type, entry, objects[index] ?? entryObject(entry)));
}
