import type { Entry } from '../../store/index.ts';
import type { KubeObject, ObjectMeta, ResourceType } from '../resources/index.ts';

/** An object as read. It is shared with every other reader: clone before editing. */
export interface StoredObject {
  readonly type: ResourceType;
  readonly key: string;
  readonly revision: number;
  readonly object: KubeObject;
  /** Whether it is kept in a version that is not written any more. Absent: no. */
  readonly isOutdated?: boolean;
}

/** In-process stores hand the same Entry to every watcher, so an object is parsed once for all of them. */
const parsed = new WeakMap<Entry, KubeObject>();

/** The entry's object with its resourceVersion. Shared: never edit it. */
export function entryObject(entry: Entry): KubeObject {
  const known = parsed.get(entry);
  if (known !== undefined) return known;
  const object = atRevision(JSON.parse(entry.value) as KubeObject, entry.modRevision);
  parsed.set(entry, object);
  return object;
}

export function storedObject(type: ResourceType, entry: Entry): StoredObject {
  return storedView(type, entry, objectOf(type, entry));
}

/** @param object the entry's, in the type's version */
export function storedView(type: ResourceType, entry: Entry, object: KubeObject): StoredObject {
  const { key, modRevision: revision } = entry;
  return type.custom?.isOutdated(entryObject(entry)) === true
    ? { type, key, revision, object, isOutdated: true }
    : { type, key, revision, object };
}

/** What a kind with several versions shows of a kept object, made once as well. */
const views = new WeakMap<ResourceType, WeakMap<KubeObject, KubeObject>>();

/** The views of a type that have been made, by kept object. */
export function viewsOf(type: ResourceType): WeakMap<KubeObject, KubeObject> {
  const own = views.get(type) ?? new WeakMap<KubeObject, KubeObject>();
  views.set(type, own);
  return own;
}

/** The entry's object in the type's version; where a webhook converts, after prepareViews. Shared: never edit it. */
export function objectOf(type: ResourceType, entry: Entry): KubeObject {
  const kept = entryObject(entry);
  const form = type.custom ?? type.kept;
  if (form === undefined) return kept;
  const own = viewsOf(type);
  const known = own.get(kept);
  if (known !== undefined) return known;
  if (type.custom?.conversion !== undefined) throw new Error('an object has not been converted');
  const view = form.fromStored(kept);
  own.set(kept, view);
  return view;
}

/** An object whose metadata's fields are in the order in which they are known. */
export function ordered(object: KubeObject): KubeObject {
  return { ...object, metadata: orderedMetadata(object.metadata) };
}

/** A shallow copy that carries another resourceVersion. */
export function atRevision(object: KubeObject, revision: number): KubeObject {
  return { ...object, metadata: orderedMetadata({ ...object.metadata, resourceVersion: String(revision) }) };
}

/** The stored text: never with a resourceVersion, which is the entry's own modRevision. */
export function encodeObject(object: KubeObject): string {
  const { kind, apiVersion, metadata, ...rest } = object;
  const { resourceVersion: _, ...kept } = metadata;
  return JSON.stringify({ kind, apiVersion, metadata: orderedMetadata(kept), ...rest });
}

/** Field order of Kubernetes' ObjectMeta, so that answers read as people know them. */
const metadataOrder = [
  'name',
  'generateName',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
] as const;

function orderedMetadata(metadata: ObjectMeta): ObjectMeta {
  const ordered: ObjectMeta = {};
  for (const field of metadataOrder) {
    const value = metadata[field];
    if (value !== undefined) Object.assign(ordered, { [field]: value });
  }
  return { ...ordered, ...metadata };
}
