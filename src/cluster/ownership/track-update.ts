import { groupVersionOf, type KubeObject, type ResourceType } from '../resources/index.ts';
import { schemaOf } from '../schema/index.ts';
import { type Comparison, compareObjects, isUnchanged, written } from './compare.ts';
import { emptyObject } from './empty-object.ts';
import { difference, type FieldSet, isEmpty, noFields, union } from './field-set.ts';
import { limitUpdaters } from './limit-updaters.ts';
import {
  decodeManagedFields,
  encodeManagedFields,
  type FieldManager,
  isReset,
  type ManagedFieldsEntry,
  managerIdentity,
} from './managed-fields.ts';
import { ElementError } from './merge-rule.ts';
import { ownableFields } from './ownable-fields.ts';
import { type ChangeIn, changeInVersions, type Versions } from './versions.ts';

export interface TrackedUpdate {
  readonly type: ResourceType;
  /** Undefined when the object is created. */
  readonly old: KubeObject | undefined;
  /** With defaults, before admission. */
  readonly next: KubeObject;
  /** metadata.managedFields as the client sent it: it may be rewritten, which only counts on the main path. */
  readonly asked: unknown;
  readonly manager: string;
  /** '' on the main path. */
  readonly subresource: string;
  /** Now, as metav1.Time writes it. */
  readonly time: string;
  /** Undefined when all versions have the same fields. */
  readonly versions?: Versions | undefined;
}

/**
 * The managedFields after a create, update or patch that was no apply: the writer owns what it wrote, and nobody owns what is
 * gone. The very list of `old` when nothing changed. Objects that nobody's fields were known of stay so.
 * Source: apimachinery/pkg/util/managedfields/internal, structured-merge-diff/merge/update.go Update.
 */
export function trackUpdate(update: TrackedUpdate): readonly ManagedFieldsEntry[] | undefined {
  const { type, old, next, subresource } = update;
  const kept = old?.metadata['managedFields'] as readonly ManagedFieldsEntry[] | undefined;
  const asked = subresource === '' ? (update.asked ?? undefined) : undefined;
  if (asked === undefined && old !== undefined && kept === undefined) return undefined;
  try {
    const before = old === undefined ? emptyObject(type) : withoutManagedFields(old);
    const comparison = compareObjects(schemaOf(type), before, withoutManagedFields(next));
    if (asked === undefined && old !== undefined && isUnchanged(comparison)) return kept;
    // A new object has changed in no version but its own.
    const changeIn: ChangeIn =
      old === undefined
        ? () => comparison
        : changeInVersions(
            withoutManagedFields(old),
            withoutManagedFields(next),
            comparison,
            update.versions,
          );
    return tracked(update, asked, kept, comparison, changeIn);
  } catch (error) {
    // A list that was written without its keys: the write counts more than whose it is.
    if (error instanceof ElementError) return kept;
    throw error;
  }
}

function tracked(
  update: TrackedUpdate,
  asked: unknown,
  kept: readonly ManagedFieldsEntry[] | undefined,
  comparison: Comparison,
  changeIn: ChangeIn,
): readonly ManagedFieldsEntry[] | undefined {
  const { type, old, manager: name, subresource, time } = update;
  const managers = managersOf(asked, kept);
  if (managers.size === 0 && old !== undefined) return undefined;
  const taken = ownableFields(type, subresource, written(comparison));
  for (const [identity, each] of managers)
    setFields(managers, identity, each, fieldsLeft(each, changeIn(each.apiVersion)));
  if (!isEmpty(taken)) {
    const writer = updater(type, name, subresource);
    const identity = managerIdentity(writer);
    const own = managers.get(identity);
    // As in Kubernetes, an entry that /scale makes has no time.
    const at = subresource === 'scale' ? own?.time : time;
    managers.set(identity, {
      ...writer,
      ...(at === undefined ? {} : { time: at }),
      fields: union(own?.fields ?? noFields, taken),
    });
  }
  return encodeManagedFields(limitUpdaters(managers));
}

/** What a manager keeps: all that has not changed. Of a version that is gone, nothing. */
export function fieldsLeft({ fields }: FieldManager, change: Comparison | undefined): FieldSet {
  return change === undefined ? noFields : difference(fields, union(written(change), change.removed));
}

function managersOf(asked: unknown, kept: unknown): Map<string, FieldManager> {
  if (isReset(asked)) return new Map();
  const given = decodeManagedFields(asked);
  if (given !== undefined && given.size > 0) return given;
  return decodeManagedFields(kept) ?? new Map();
}

/** Drops a manager that has nothing left. */
export function setFields(
  managers: Map<string, FieldManager>,
  identity: string,
  manager: FieldManager,
  fields: FieldSet,
): void {
  if (isEmpty(fields)) managers.delete(identity);
  else managers.set(identity, { ...manager, fields });
}

export function updater(type: ResourceType, name: string, subresource: string) {
  return {
    manager: name === '' ? 'unknown' : name,
    operation: 'Update' as const,
    apiVersion: groupVersionOf(type),
    ...(subresource === '' ? {} : { subresource }),
  };
}

export function withoutManagedFields(object: KubeObject): KubeObject {
  if (object.metadata['managedFields'] === undefined) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}
