import { isDeepStrictEqual } from 'node:util';
import { conflict, forbiddenObject, notFound } from '../../kube/index.ts';
import type { KubeObject } from '../resources/index.ts';
import { behaviourOf } from './behaviour.ts';
import { finalizersFor, type PropagationPolicy } from './finalizers.ts';
import { type ObjectContext, timestamp } from './object-context.ts';
import { reserve } from './reserve.ts';
import { type ReviewedCall, type Reviewers, reviewersOf } from './review-write.ts';
import type { StoredObject } from './stored-object.ts';

export interface DeleteCall extends ReviewedCall {
  readonly name: string;
  /** Whether it is one of a collection that is to go: then the request does not name it. */
  readonly isOfCollection?: boolean;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly propagationPolicy?: PropagationPolicy;
  /** How long the object's processes may take to end; the kind's own default when absent. */
  readonly gracePeriodSeconds?: number;
}

export interface DeleteOutcome {
  /** The object as it was last, or as it now waits for its finalizers. */
  readonly object: KubeObject;
  readonly gone: boolean;
}

const maxAttempts = 50;

/**
 * Deletes an object, or marks it when finalizers hold it or its processes have a grace period to end in.
 * Throws StatusError: 404 when it is absent, 409 when a precondition fails, 403 when it is protected.
 * Source: Kubernetes registry/generic/registry/store.go Delete, registry/rest/delete.go BeforeDelete.
 */
export async function deleteObject(context: ObjectContext, call: DeleteCall): Promise<DeleteOutcome> {
  const reason = behaviourOf(call.type).protectedFrom(call.name);
  if (reason !== undefined) throw forbiddenObject(call.type, call.name, reason);
  const reviewers = reviewersOf(context, call, 'DELETE');
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const current = await context.objects.get(call.type, call.namespace, call.name);
    if (current === undefined) throw notFound(call.type, call.name);
    checkPreconditions(call, current);
    if (reviewers !== undefined) await reviewed(reviewers, call, current.object);
    const outcome = await attemptDelete(context, call, current);
    if (outcome !== undefined) return outcome;
  }
  throw conflict(call.type, call.name);
}

/** Throws StatusError when a webhook or a policy is against it. */
async function reviewed(
  reviewers: Reviewers,
  { name, isOfCollection = false }: DeleteCall,
  old: KubeObject,
): Promise<void> {
  const attributes = reviewers.attributes(isOfCollection ? '' : name, undefined, old);
  await reviewers.mutate(attributes);
  await reviewers.validate(attributes);
}

/** Undefined when somebody else wrote in between. */
async function attemptDelete(
  context: ObjectContext,
  call: DeleteCall,
  current: StoredObject,
): Promise<DeleteOutcome | undefined> {
  const behaviour = behaviourOf(call.type);
  const { finalizers: held = [], deletionTimestamp } = current.object.metadata;
  const added = deletionTimestamp === undefined ? behaviour.finalizers : [];
  const finalizers = finalizersFor([...new Set([...held, ...added])], call.propagationPolicy);
  const grace = behaviour.gracePeriodSeconds(current.object, call.gracePeriodSeconds);
  const marked = behaviour.markDeleted(mark(context, current.object, finalizers, call, grace));
  if (finalizers.length === 0 && !behaviour.isHeld(marked)) {
    if (call.dryRun) return { object: marked, gone: true };
    const removed = await context.objects.remove(
      current,
      reserve(context, call.type, undefined, current.object),
    );
    return removed ? { object: marked, gone: true } : undefined;
  }
  if (call.dryRun || isDeepStrictEqual(marked, current.object)) return { object: marked, gone: false };
  const stored = await context.objects.replace(current, marked);
  return stored && { object: stored.object, gone: false };
}

/** A copy with the marks of deletion; one that is marked already keeps its time, unless a shorter one is asked for. */
function mark(
  context: ObjectContext,
  object: KubeObject,
  finalizers: readonly string[],
  call: DeleteCall,
  grace: number,
): KubeObject {
  const metadata = { ...object.metadata };
  if (finalizers.length > 0) metadata.finalizers = [...finalizers];
  else delete metadata.finalizers;
  if (metadata.deletionTimestamp === undefined) {
    metadata.deletionTimestamp = later(timestamp(context), grace);
    metadata.deletionGracePeriodSeconds = grace;
    if (metadata.generation !== undefined) metadata.generation += 1;
  } else if (call.gracePeriodSeconds !== undefined) {
    const before = metadata.deletionGracePeriodSeconds ?? 0;
    if (grace < before) {
      metadata.deletionTimestamp = later(metadata.deletionTimestamp, grace - before);
      metadata.deletionGracePeriodSeconds = grace;
    }
  }
  return { ...object, metadata };
}

function later(time: string, seconds: number): string {
  return new Date(Date.parse(time) + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Kubernetes names the kind, not the resource, in these two. */
function checkPreconditions(call: DeleteCall, current: StoredObject): void {
  const { uid, resourceVersion } = current.object.metadata;
  const named = { group: call.type.group, resource: call.type.kind };
  if (call.uid !== undefined && call.uid !== uid) {
    throw conflict(
      named,
      call.name,
      `the UID in the precondition (${call.uid}) does not match the UID in record (${uid}). ` +
        'The object might have been deleted and then recreated',
    );
  }
  if (call.resourceVersion !== undefined && call.resourceVersion !== resourceVersion) {
    throw conflict(
      named,
      call.name,
      `the ResourceVersion in the precondition (${call.resourceVersion}) does not match the ResourceVersion in record ` +
        `(${resourceVersion}). The object might have been modified`,
    );
  }
}
