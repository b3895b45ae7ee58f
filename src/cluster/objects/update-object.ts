import { isDeepStrictEqual } from 'node:util';
import { conflict, type FieldError, invalid, notFound, untypedError } from '../../kube/index.ts';
import { admissionOf } from '../admission/index.ts';
import { isInvalidRevision, parseUintProblem } from '../failures.ts';
import { keepTimes, type ManagedFieldsEntry, type Versions } from '../ownership/index.ts';
import { chargeQuotas } from '../quota/index.ts';
import type { KubeObject, ResourceType } from '../resources/index.ts';
import { applyDefaults, prepareForUpdate } from '../schema/index.ts';
import { acrossVersions } from './across-versions.ts';
import { randomAllocators } from './allocators.ts';
import { behaviourOf } from './behaviour.ts';
import { newFinalizerErrors } from './finalizers.ts';
import type { ObjectContext } from './object-context.ts';
import { bothExtras, noExtras, type TxnExtras } from './object-store.ts';
import { type Part, subresourceParts } from './parts.ts';
import { refusedAs } from './refused-as.ts';
import { confirmFree, reserve } from './reserve.ts';
import { type ReviewedCall, type Reviewers, reviewersOf } from './review-write.ts';
import type { StoredObject } from './stored-object.ts';
import { type TrackFields, withManagedFields } from './track-fields.ts';

export interface UpdateCall extends ReviewedCall {
  readonly name: string;
  readonly part: Part;
  /**
   * The object as wanted, from a private copy of the current one. Called anew after every lost race, and wherever a webhook
   * converts for every conversion that turned out to be needed.
   * @param versions undefined when all versions have the same fields
   */
  change(current: KubeObject, versions?: Versions): KubeObject;
  /** Who owns which field then; as before when absent. */
  readonly trackFields?: TrackFields;
  /** Is given the new object with uid, resourceVersion and creationTimestamp as they were sent, or not. */
  confirm?(object: KubeObject, old: KubeObject): void;
}

const maxAttempts = 50;

/**
 * Changes an object by compare-and-set and returns it as stored. A change that changes nothing writes nothing.
 * Throws StatusError: 404 when it is absent, 409 when resourceVersion or uid do not fit, 422 when it is invalid.
 * Source: Kubernetes registry/generic/registry/store.go Update, registry/rest/update.go BeforeUpdate.
 */
export async function updateObject(context: ObjectContext, call: UpdateCall): Promise<KubeObject> {
  const { type, namespace, name } = call;
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const current = await context.objects.get(type, namespace, name);
    if (current === undefined) throw notFound(type, name);
    const updated = await attemptUpdate(context, call, current);
    if (updated !== undefined) return updated;
  }
  throw conflict(type, name);
}

/** Undefined when somebody else wrote in between. */
async function attemptUpdate(
  context: ObjectContext,
  call: UpdateCall,
  current: StoredObject,
): Promise<KubeObject | undefined> {
  const { type } = call;
  const old = current.object;
  const conversion = type.custom?.conversion;
  const { wanted, next: asked } =
    conversion === undefined
      ? edit(call, current, undefined)
      : await acrossVersions(conversion, (versions) => edit(call, current, versions));
  const reviewers = reviewersOf(context, call, 'UPDATE');
  const next = reviewers === undefined ? asked : await mutated(reviewers, call, asked, old);
  call.confirm?.(asSent(next, wanted), old);
  const errors = [...newFinalizerErrors(next, old), ...errorsOf(context, call, next, old)];
  if (errors.length > 0) throw invalid(refusedAs(type), call.name, errors);
  if (type.hasGeneration && !sameSpec(call, next, old)) {
    next.metadata.generation = (old.metadata.generation ?? 0) + 1;
  }
  if (reviewers !== undefined) await reviewers.validate(attributesOf(reviewers, call, next, old));
  if (isFinished(type, next)) {
    if (call.dryRun || (await context.objects.remove(current, reserve(context, type, undefined, old))))
      return next;
    return undefined;
  }
  if (isDeepStrictEqual(next, old) && current.isOutdated !== true) return next;
  const charged = await admitted(context, call, next, old);
  if (call.dryRun) return conversion === undefined ? next : context.objects.asRead(type, next);
  await confirmFree(context, type, wanted, old);
  const extras = bothExtras(reserve(context, type, next, old), charged);
  return (await context.objects.replace(current, next, extras))?.object;
}

function attributesOf(reviewers: Reviewers, { name, review }: UpdateCall, next: KubeObject, old: KubeObject) {
  const shown = (object: KubeObject) => review?.form?.shown(object) ?? object;
  return reviewers.attributes(name, shown(next), shown(old));
}

/** What webhooks make of the new object: what they may not write stays, and what they add has no owner. */
async function mutated(
  reviewers: Reviewers,
  call: UpdateCall,
  asked: KubeObject,
  old: KubeObject,
): Promise<KubeObject> {
  const attributes = attributesOf(reviewers, call, asked, old);
  const made = await reviewers.mutate(attributes);
  if (made === undefined || made === attributes.object) return asked;
  const changed = call.review?.form?.taken(made, asked) ?? made;
  const next = prepared(call, writableParts(call, changed, old), old);
  return keepTimes(withManagedFields(next, managedFieldsOf(asked)), old);
}

function managedFieldsOf({ metadata }: KubeObject): readonly ManagedFieldsEntry[] | undefined {
  return metadata['managedFields'] as readonly ManagedFieldsEntry[] | undefined;
}

function edit(
  call: UpdateCall,
  current: StoredObject,
  versions: Versions | undefined,
): { readonly wanted: KubeObject; readonly next: KubeObject } {
  const { object: old } = current;
  const wanted = call.change(structuredClone(old), versions);
  checkPreconditions(call, wanted, current);
  return { wanted, next: keepTimes(combine(call, wanted, old, versions), old) };
}

/** What the change spends. Throws StatusError 403 when something about the surroundings forbids it. */
async function admitted(
  context: ObjectContext,
  { type, part }: UpdateCall,
  next: KubeObject,
  old: KubeObject,
): Promise<TxnExtras> {
  if (part !== 'main' && part !== 'resize') return noExtras;
  const operation = part === 'main' ? 'update' : part;
  const admission = await admissionOf(context, type, next.metadata.namespace ?? '', operation);
  await admission.confirm(next, old);
  return chargeQuotas(context, type, next, old);
}

function errorsOf(
  context: ObjectContext,
  { type, part }: UpdateCall,
  next: KubeObject,
  old: KubeObject,
): readonly FieldError[] {
  if (part === 'main') return context.validate(type, next, old);
  const { comparedWith, errors } = subresourceParts[part];
  return [...context.validate(type, next, comparedWith(next, old)), ...errors(type, next, old)];
}

function checkPreconditions(call: UpdateCall, wanted: KubeObject, current: StoredObject): void {
  const { resourceVersion = '', uid = '' } = wanted.metadata;
  if (isInvalidRevision(resourceVersion)) {
    throw untypedError(parseUintProblem(resourceVersion));
  }
  const currentUid = current.object.metadata.uid;
  if (uid !== '' && uid !== currentUid) {
    const { resource, namespaced } = call.type;
    const key = `/registry/${resource}/${namespaced ? `${call.namespace}/` : ''}${call.name}`;
    throw conflict(
      call.type,
      call.name,
      `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ` +
        `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${currentUid}`,
    );
  }
  if (Number(resourceVersion) !== 0 && Number(resourceVersion) !== current.revision) {
    throw conflict(call.type, call.name);
  }
}

/** The parts that the path may write from `wanted`, all else from `old`; what admission adds comes after ownership. */
function combine(
  call: UpdateCall,
  wanted: KubeObject,
  old: KubeObject,
  versions: Versions | undefined,
): KubeObject {
  const { trackFields } = call;
  const next = writableParts(call, wanted, old);
  const managedFields = trackFields
    ? trackFields(next, old, wanted.metadata['managedFields'], versions)
    : managedFieldsOf(old);
  return withManagedFields(prepared(call, next, old), managedFields);
}

function prepared({ type, part }: UpdateCall, next: KubeObject, old: KubeObject): KubeObject {
  return part === 'main' ? prepareForUpdate(type, next, old, randomAllocators) : next;
}

function writableParts(call: UpdateCall, wanted: KubeObject, old: KubeObject): KubeObject {
  const { type, part } = call;
  if (part !== 'main') return subresourceParts[part].write(type, wanted, old);
  const metadata = { ...wanted.metadata };
  for (const field of serverFields) {
    if (old.metadata[field] === undefined) delete metadata[field];
    else Object.assign(metadata, { [field]: old.metadata[field] });
  }
  delete metadata['managedFields'];
  const merged: KubeObject = { ...wanted, metadata };
  if (type.hasStatus) {
    if (old['status'] === undefined) delete merged['status'];
    else merged['status'] = old['status'];
  }
  return applyDefaults(type, merged);
}

/**
 * Escalation is judged before the server fills in what was left out, so that only what repeats the stored object in full
 * counts as no change. Source: Kubernetes pkg/registry/rbac/role/policybased/storage.go.
 */
function asSent(next: KubeObject, wanted: KubeObject): KubeObject {
  const metadata = { ...next.metadata };
  for (const field of ['uid', 'resourceVersion', 'creationTimestamp'] as const) {
    const sent = wanted.metadata[field];
    if (sent === undefined || sent === null) delete metadata[field];
    else metadata[field] = sent;
  }
  return { ...next, metadata };
}

/** What only the server sets, whatever a body says. */
const serverFields = [
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
] as const;

/** A status that has no path of its own is a field like any other. */
function sameSpec({ type, part }: UpdateCall, next: KubeObject, old: KubeObject): boolean {
  const { group, resource, hasStatus } = type;
  // Of deployments annotations count, which rollouts read; not those that come with a status.
  // Source: pkg/registry/apps/deployment/strategy.go.
  const isDeployment = group === 'apps' && resource === 'deployments' && part === 'main';
  if (isDeployment && !isDeepStrictEqual(next.metadata.annotations, old.metadata.annotations)) return false;
  const { metadata: _, status: nextStatus, ...a } = next;
  const { metadata: __, status: oldStatus, ...b } = old;
  return isDeepStrictEqual(a, b) && (hasStatus || isDeepStrictEqual(nextStatus, oldStatus));
}

/** Marked for deletion, and the last finalizer is gone. */
function isFinished(type: ResourceType, object: KubeObject): boolean {
  const { deletionTimestamp, finalizers = [] } = object.metadata;
  return deletionTimestamp !== undefined && finalizers.length === 0 && !behaviourOf(type).isHeld(object);
}
