import { isDeepStrictEqual } from 'node:util';
import { type ClusterRole, withRules } from '../aggregated-roles/index.ts';
import { createObject } from '../objects/create-object.ts';
import { deleteObject } from '../objects/delete-object.ts';
import { type ObjectContext, timestamp } from '../objects/object-context.ts';
import { ownWriters } from '../objects/own-writers.ts';
import { type TrackFields, withManagedFields } from '../objects/track-fields.ts';
import { trackedAs } from '../objects/tracked-as.ts';
import { updateObject } from '../objects/update-object.ts';
import type { ManagedFieldsEntry } from '../ownership/index.ts';
import type { KubeObject, ResourceType } from '../resources/index.ts';
import { asJsonArray, asJsonObject } from '../schema/index.ts';

/** Objects that carry this with "false" are left as their owner has made them. */
const autoupdate = 'rbac.authorization.kubernetes.io/autoupdate';

/**
 * Makes a default RBAC object, or adds to it what is missing: rules, subjects, labels, annotations. What is there stays.
 * A binding to another role is replaced, since roleRef cannot change.
 * Source: Kubernetes pkg/registry/rbac/rest/storage_rbac.go, component-helpers/auth/rbac/reconciliation.
 */
export async function reconcileRbac(
  context: ObjectContext,
  type: ResourceType,
  expected: KubeObject,
): Promise<void> {
  const { namespace = '', name = '' } = expected.metadata;
  const create = () => {
    const object = structuredClone(expected);
    return createObject(context, {
      type,
      namespace,
      object,
      dryRun: false,
      trackFields: ownedFields(context, type),
    });
  };
  const current = await context.objects.get(type, namespace, name);
  if (current === undefined) return void (await create());
  if (current.object.metadata.annotations?.[autoupdate] === 'false') return;
  if (!sameRole(current.object, expected)) {
    await deleteObject(context, { type, namespace, name, dryRun: false });
    return void (await create());
  }
  // What is complete is the rule: nothing of it is looked at again.
  if (isDeepStrictEqual(completed(current.object, expected), current.object)) return;
  await updateObject(context, {
    type,
    namespace,
    name,
    part: 'main',
    dryRun: false,
    trackFields: trackedAs(context, type, ownWriters.apiServer, ''),
    change: (object) => completed(object, expected),
  });
}

/** A default RBAC object as it is made: kube-apiserver owns its fields. */
export function withOwner(context: ObjectContext, type: ResourceType, object: KubeObject): KubeObject {
  return withManagedFields(object, ownedFields(context, type)(object, undefined, undefined));
}

/** Which fields new objects have, by what they are made of. */
const known = new Map<string, readonly ManagedFieldsEntry[] | undefined>();

/**
 * kube-apiserver's fields of a new object. Most of a hundred have the same, so they are found once: of rules, subjects and the
 * like there is one owner, whatever is in them.
 */
function ownedFields(context: ObjectContext, type: ResourceType): TrackFields {
  const byServer = trackedAs(context, type, ownWriters.apiServer, '');
  const track: TrackFields = (object, old, asked) => {
    if (object['aggregationRule'] === undefined) return byServer(object, old, asked);
    // It is born with the rules that the controller would give it.
    const { rules, ...bare } = object as ClusterRole;
    const live = withManagedFields(bare, byServer(bare, old, asked));
    return withRules(context, type, live, rules).managedFields;
  };
  return (object, old, asked) => {
    const { labels, annotations } = object.metadata;
    const parts = [object, labels ?? {}, annotations ?? {}].map(Object.keys);
    const shape = JSON.stringify([type.kind, ...parts]);
    if (!known.has(shape)) known.set(shape, track(object, old, asked));
    return known.get(shape)?.map((entry) => ({ ...entry, time: timestamp(context) }));
  };
}

function sameRole(current: KubeObject, expected: KubeObject): boolean {
  return isDeepStrictEqual(asJsonObject(current['roleRef']), asJsonObject(expected['roleRef']));
}

function completed(current: KubeObject, expected: KubeObject): KubeObject {
  const next: KubeObject = { ...current, metadata: { ...current.metadata } };
  const { labels, annotations } = current.metadata;
  next.metadata.labels = { ...expected.metadata.labels, ...labels };
  next.metadata.annotations = { ...expected.metadata.annotations, ...annotations };
  for (const field of ['rules', 'subjects']) {
    if (expected[field] === undefined || isGathered(field, current, expected)) continue;
    const there = asJsonArray(current[field]);
    const missing = asJsonArray(expected[field]).filter(
      (item) => !there.some((known) => isDeepStrictEqual(normal(known), normal(item))),
    );
    if (missing.length > 0) next[field] = [...there, ...missing];
  }
  next['aggregationRule'] ??= expected['aggregationRule'];
  if (next['aggregationRule'] === undefined) delete next['aggregationRule'];
  return next;
}

/** What is gathered is not the bootstrap's: it is as the roles say that it is gathered from. */
function isGathered(field: string, current: KubeObject, expected: KubeObject): boolean {
  return field === 'rules' && [current, expected].every((role) => role['aggregationRule'] !== undefined);
}

/** Rules are compared as sets of strings; the order in which somebody wrote them does not matter. */
function normal(item: unknown): unknown {
  return Object.fromEntries(
    Object.entries(asJsonObject(item)).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.map(String).toSorted() : value,
    ]),
  );
}
