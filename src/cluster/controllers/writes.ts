import { isDeepStrictEqual } from 'node:util';
import { StatusError } from '../../kube/index.ts';
import { createObject } from '../objects/create-object.ts';
import { deleteObject } from '../objects/delete-object.ts';
import { isNotFound } from '../objects/is-not-found.ts';
import type { ObjectContext } from '../objects/object-context.ts';
import { ownReview } from '../objects/own-review.ts';
import { ownWriters } from '../objects/own-writers.ts';
import type { Part } from '../objects/parts.ts';
import { trackedAs } from '../objects/tracked-as.ts';
import { updateObject } from '../objects/update-object.ts';
import type { Applied } from '../ownership/index.ts';
import type { KubeObject } from '../resources/index.ts';
import { decodeObject } from '../schema/index.ts';
import type { Kind } from './kinds.ts';

/** Makes an object the way a request would. Throws StatusError as `createObject` does. */
export async function makeObject<T extends KubeObject>(
  context: ObjectContext,
  kind: Kind<T>,
  namespace: string,
  object: KubeObject,
): Promise<T> {
  const trackFields = trackedAs(context, kind, ownWriters.controllers, '');
  const review = ownReview(context, 'CreateOptions');
  const call = { type: kind, namespace, object, dryRun: false, trackFields, ...review };
  return (await createObject(context, call)) as T;
}

/**
 * Changes an object, provided that it is still as it was looked at. Throws StatusError: 409 when somebody else wrote
 * meanwhile, 404 when it is gone, 422 when it would be invalid.
 */
export function changeObject<T extends KubeObject>(
  context: ObjectContext,
  kind: Kind<T>,
  seen: T,
  edit: (object: T) => KubeObject,
): Promise<T> {
  return write(context, kind, seen, 'main', edit);
}

/**
 * Writes an object's status, under the same proviso, and with it its annotations. Members that are undefined are left out.
 */
export async function writeStatus<T extends KubeObject>(
  context: ObjectContext,
  kind: Kind<T>,
  seen: T,
  status: object,
  annotations: KubeObject['metadata']['annotations'] = seen.metadata.annotations,
): Promise<T> {
  const next: unknown = JSON.parse(JSON.stringify(status));
  const isSame = isDeepStrictEqual([next, annotations], [seen['status'], seen.metadata.annotations]);
  if (isSame) return seen;
  return write(context, kind, seen, 'status', (object) => ({
    ...object,
    metadata: annotations === undefined ? object.metadata : { ...object.metadata, annotations },
    status: next,
  }));
}

/** Changes how many replicas an object wants, as a write of its /scale does. Throws as `changeObject` does. */
export function changeScale(
  context: ObjectContext,
  kind: Kind<KubeObject>,
  seen: KubeObject,
  edit: (object: KubeObject) => KubeObject,
): Promise<KubeObject> {
  return write(context, kind, seen, 'scale', edit);
}

/** Writes what a server-side apply makes of an object, however it is by then. Throws as `updateObject` does. */
export async function applyChange<T extends KubeObject>(
  context: ObjectContext,
  kind: Kind<T>,
  { metadata }: T,
  apply: (live: T) => Applied,
  part: 'main' | 'status' = 'main',
): Promise<void> {
  const { name = '', namespace = '' } = metadata;
  let applied: Applied | undefined;
  const change = (live: KubeObject) => {
    applied = apply(live as T);
    // Where nothing is left of a field, an apply leaves null.
    return decodeObject(kind, applied.object);
  };
  const trackFields = () => applied?.managedFields;
  await updateObject(context, {
    type: kind,
    namespace,
    name,
    part,
    dryRun: false,
    change,
    trackFields,
  });
}

/** Deletes the very object that was looked at. One that is gone already is no failure. */
export async function removeObject(
  context: ObjectContext,
  kind: Kind<KubeObject>,
  { metadata }: KubeObject,
): Promise<void> {
  const { name = '', namespace = '', uid } = metadata;
  const call = { type: kind, namespace, name, dryRun: false, ...(uid === undefined ? {} : { uid }) };
  const review = ownReview(context, 'DeleteOptions');
  await deleteObject(context, { ...call, propagationPolicy: 'Background', ...review }).catch(
    (error: unknown) => {
      if (!isNotFound(error)) throw error;
    },
  );
}

/**
 * Whether a failure only says that the world has moved on: the change that overtook the writer brings its work up again.
 */
export function isOvertaken(error: unknown): boolean {
  if (!(error instanceof StatusError)) return false;
  const { reason = '', details } = error.status;
  const isTerminating = details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating') === true;
  return ['AlreadyExists', 'Conflict', 'NotFound'].includes(reason) || isTerminating;
}

async function write<T extends KubeObject>(
  context: ObjectContext,
  kind: Kind<T>,
  seen: T,
  path: 'main' | 'status' | 'scale',
  edit: (object: T) => KubeObject,
): Promise<T> {
  const { name = '', namespace = '' } = seen.metadata;
  // The object that was looked at carries its resourceVersion, which makes the write conditional.
  const change = () => edit(structuredClone(seen));
  const trackFields = trackedAs(context, kind, ownWriters.controllers, path === 'main' ? '' : path);
  const part: Part = path === 'status' ? path : 'main';
  // The path would carry a Scale; an object that is none would be taken for one.
  const review = path === 'scale' ? {} : ownReview(context, 'UpdateOptions', path === 'main' ? '' : path);
  const call = { type: kind, namespace, name, part, dryRun: false, change, trackFields, ...review };
  return (await updateObject(context, call)) as T;
}
