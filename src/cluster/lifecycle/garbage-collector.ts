import { behaviourOf } from '../objects/behaviour.ts';
import { deleteObject } from '../objects/delete-object.ts';
import { foregroundFinalizer, orphanFinalizer } from '../objects/finalizers.ts';
import { ignoreNotFound } from '../objects/is-not-found.ts';
import type { ObjectContext } from '../objects/object-context.ts';
import { type KeyParts, parseObjectKey } from '../objects/object-key.ts';
import { ownWriters } from '../objects/own-writers.ts';
import { trackedAs } from '../objects/tracked-as.ts';
import { updateObject } from '../objects/update-object.ts';
import { asKept, type KubeObject, type ResourceType } from '../resources/index.ts';

interface OwnerReference {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly blockOwnerDeletion?: boolean;
}

export interface GarbageCollector {
  put(key: string, object: KubeObject): void;
  remove(key: string, object: KubeObject): void;
  /** One object that `put` or `remove` has pointed at. */
  reconcile(key: string): Promise<void>;
}

/**
 * Deletes what has lost its last owner, and completes deletions in the foreground and those that orphan.
 * Source: Kubernetes pkg/controller/garbagecollector.
 * @param enqueue asks for a reconcile of a key
 */
export function createGarbageCollector(
  context: ObjectContext,
  enqueue: (key: string) => void,
): GarbageCollector {
  const dependents = new Map<string, Set<string>>();
  const ownersOf = new Map<string, readonly string[]>();
  const waitingOwners = new Map<string, string>();

  function index(key: string, uids: readonly string[]): void {
    for (const uid of ownersOf.get(key) ?? []) {
      const keys = dependents.get(uid);
      keys?.delete(key);
      if (keys?.size === 0) dependents.delete(uid);
      const waiting = waitingOwners.get(uid);
      if (waiting !== undefined) enqueue(waiting);
    }
    if (uids.length === 0) ownersOf.delete(key);
    else ownersOf.set(key, uids);
    for (const uid of uids) {
      const keys = dependents.get(uid) ?? new Set();
      dependents.set(uid, keys.add(key));
    }
  }

  /** The owners, near and far, whose own deletion waits for this object. */
  function waitingAncestors(key: string, found = new Set<string>()): ReadonlySet<string> {
    for (const uid of ownersOf.get(key) ?? []) {
      const owner = waitingOwners.get(uid);
      if (owner === undefined || found.has(owner) || !isReachable(owner, key)) continue;
      found.add(owner);
      waitingAncestors(owner, found);
    }
    return found;
  }

  async function finishDeletion(key: string, object: KubeObject): Promise<void> {
    const { uid = '', finalizers = [] } = object.metadata;
    // An object in another namespace may name any uid; it must not hold up what it does not belong to.
    const keys = [...(dependents.get(uid) ?? [])].filter((dependent) => isReachable(key, dependent));
    if (finalizers.includes(orphanFinalizer)) {
      for (const dependent of keys)
        await dropOwners(context, dependent, (reference) => reference.uid === uid);
      return removeFinalizer(context, key, orphanFinalizer);
    }
    // Owners in a circle would wait for each other for ever.
    const ancestors = waitingAncestors(key);
    const blocking = keys.filter((dependent) => !ancestors.has(dependent));
    if (blocking.length === 0) return removeFinalizer(context, key, foregroundFinalizer);
    waitingOwners.set(uid, key);
    for (const dependent of blocking) {
      if (!(await isLeaving(context, dependent))) await remove(context, dependent, 'Foreground');
    }
  }

  return {
    put(key, object) {
      const { uid = '', finalizers = [], deletionTimestamp } = object.metadata;
      const owners = isProtected(context, key) ? [] : ownersBeside(object);
      index(key, owners);
      const isFinishing = finalizers.includes(foregroundFinalizer) || finalizers.includes(orphanFinalizer);
      if (deletionTimestamp !== undefined && isFinishing) enqueue(key);
      else waitingOwners.delete(uid);
      if (owners.length > 0) enqueue(key);
    },

    remove(key, object) {
      const { uid = '' } = object.metadata;
      index(key, []);
      waitingOwners.delete(uid);
      for (const dependent of dependents.get(uid) ?? []) enqueue(dependent);
    },

    async reconcile(key) {
      const located = locate(context, key);
      const current = located && (await context.objects.get(located.type, located.namespace, located.name));
      if (current === undefined) return;
      const { deletionTimestamp, finalizers = [] } = current.object.metadata;
      const isFinishing = finalizers.includes(foregroundFinalizer) || finalizers.includes(orphanFinalizer);
      if (deletionTimestamp !== undefined) {
        if (isFinishing) await finishDeletion(key, current.object);
        return;
      }
      const references = referencesOf(current.object);
      const dangling = await danglingOf(context, references, current.object.metadata.namespace ?? '');
      if (dangling.length === 0) return;
      if (dangling.length === references.length) return remove(context, key, 'Background');
      const lost = new Set(dangling.map(({ uid }) => uid));
      await dropOwners(context, key, ({ uid }) => lost.has(uid));
    },
  };
}

/** What may never be deleted depends on nothing: to try it for every event would only fill the log. */
function isProtected(context: ObjectContext, key: string): boolean {
  const located = locate(context, key);
  return located !== undefined && behaviourOf(located.type).protectedFrom(located.name) !== undefined;
}

/** The uids of an object's owners; what owns itself must not wait for itself. */
function ownersBeside(object: KubeObject): string[] {
  const uids = referencesOf(object).map((reference) => reference.uid ?? '');
  return uids.filter((uid) => uid !== object.metadata.uid);
}

function isReachable(owner: string, dependent: string): boolean {
  const { namespace } = parseObjectKey(owner);
  return namespace === '' || namespace === parseObjectKey(dependent).namespace;
}

function referencesOf(object: KubeObject): readonly OwnerReference[] {
  return object.metadata.ownerReferences ?? [];
}

/** The references whose object is not there any more, or is another one of the same name. */
async function danglingOf(
  context: ObjectContext,
  references: readonly OwnerReference[],
  namespace: string,
): Promise<OwnerReference[]> {
  const dangling: OwnerReference[] = [];
  for (const reference of references) {
    const type = context.resources.table().findKind(reference.apiVersion ?? '', reference.kind ?? '');
    // Of a kind that is not served nothing can be known; to delete for that would be wrong.
    // A namespaced owner of a cluster-scoped object has no namespace to be looked for in.
    if (type === undefined || (type.namespaced && namespace === '')) continue;
    const place = type.namespaced ? namespace : '';
    const owner = await context.objects.get(asKept(type), place, reference.name ?? '');
    if (owner?.object.metadata.uid !== reference.uid) dangling.push(reference);
  }
  return dangling;
}

/** Deleting once more what is on its way would only put the finalizer back that its own turn has removed. */
async function isLeaving(context: ObjectContext, key: string): Promise<boolean> {
  const located = locate(context, key);
  const current = located && (await context.objects.get(located.type, located.namespace, located.name));
  return current?.object.metadata.deletionTimestamp !== undefined;
}

async function remove(
  context: ObjectContext,
  key: string,
  propagationPolicy: 'Background' | 'Foreground',
): Promise<void> {
  const located = locate(context, key);
  if (located === undefined) return;
  const { type, namespace, name } = located;
  await deleteObject(context, { type, namespace, name, dryRun: false, propagationPolicy }).catch(
    ignoreNotFound,
  );
}

function dropOwners(
  context: ObjectContext,
  key: string,
  isDropped: (reference: OwnerReference) => boolean,
): Promise<void> {
  return change(context, key, (object) => {
    const kept = (object.metadata.ownerReferences ?? []).filter((reference) => !isDropped(reference));
    return { ...object, metadata: { ...object.metadata, ownerReferences: kept } };
  });
}

function removeFinalizer(context: ObjectContext, key: string, finalizer: string): Promise<void> {
  return change(context, key, (object) => {
    const finalizers = (object.metadata.finalizers ?? []).filter((name) => name !== finalizer);
    return { ...object, metadata: { ...object.metadata, finalizers } };
  });
}

async function change(
  context: ObjectContext,
  key: string,
  edit: (object: KubeObject) => KubeObject,
): Promise<void> {
  const located = locate(context, key);
  if (located === undefined) return;
  const { type, namespace, name } = located;
  const trackFields = trackedAs(context, type, ownWriters.controllers, '');
  const call = { type, namespace, name, part: 'main', dryRun: false, change: edit, trackFields } as const;
  await updateObject(context, call).catch(ignoreNotFound);
}

interface Located extends Pick<KeyParts, 'namespace' | 'name'> {
  readonly type: ResourceType;
}

function locate(context: ObjectContext, key: string): Located | undefined {
  const { group, resource, namespace, name } = parseObjectKey(key);
  const type = context.resources.table().findResource(group, resource);
  return type && { type: asKept(type), namespace, name };
}
