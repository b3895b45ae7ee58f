import { isDeepStrictEqual } from 'node:util';
import { badRequest, untypedError } from '../../kube/index.ts';
import { groupVersionOf, type KubeObject, type ResourceType } from '../resources/index.ts';
import { checkTypes, schemaOf } from '../schema/index.ts';
import { type Conflict, conflictError, conflictsOf } from './apply-conflict.ts';
import { compareObjects, written } from './compare.ts';
import { configurationProblem } from './configuration-errors.ts';
import { emptyObject } from './empty-object.ts';
import { difference, type FieldSet, intersection, isEmpty, noFields } from './field-set.ts';
import { fieldsOf } from './fields-of.ts';
import { allowedByLastApplied, withLastApplied } from './last-applied.ts';
import {
  decodeManagedFields,
  encodeManagedFields,
  type FieldManager,
  type ManagedFieldsEntry,
  managerIdentity,
} from './managed-fields.ts';
import { mergeConfiguration } from './merge-configuration.ts';
import { ElementError } from './merge-rule.ts';
import { ownableFields } from './ownable-fields.ts';
import { prune } from './prune.ts';
import { fieldsLeft, setFields, updater, withoutManagedFields } from './track-update.ts';
import { changeInVersions, type Versions } from './versions.ts';

export interface AppliedConfiguration {
  readonly type: ResourceType;
  /** Undefined when there is no such object yet. */
  readonly live: KubeObject | undefined;
  readonly config: KubeObject;
  readonly manager: string;
  /** '' on the main path. */
  readonly subresource: string;
  /** Takes over what others own. */
  readonly force: boolean;
  /** Now, as metav1.Time writes it. */
  readonly time: string;
  /** Undefined when all versions have the same fields. */
  readonly versions?: Versions | undefined;
}

export interface Applied {
  /** Without managedFields; not yet defaulted. */
  readonly object: KubeObject;
  readonly managedFields: readonly ManagedFieldsEntry[] | undefined;
}

/**
 * Server-side apply: the live object with what the configuration sets and without what this manager once set, does not set
 * any more, and nobody else owns. Throws StatusError: 400 for another kind, 409 for fields that others own, 500 (as
 * Kubernetes) for a configuration that does not fit the schema.
 * Source: structured-merge-diff/merge/update.go Apply, apimachinery/pkg/util/managedfields/internal.
 */
export function applyConfiguration(given: AppliedConfiguration): Applied {
  confirmApplicable(given);
  try {
    const applied = given.live === undefined ? created(given) : merged(given, given.live);
    return given.manager === 'kubectl' ? withLastApplied(applied, given.config) : applied;
  } catch (error) {
    if (!(error instanceof ElementError)) throw error;
    throw untypedError(`failed to create typed live object (${nameOf(given)}): ${error.message}`);
  }
}

/**
 * Throws StatusError: 400 for a configuration of another kind, 500 (as Kubernetes) for one that does not fit the schema. For
 * what is shown as another kind than it is kept, before it becomes that.
 */
export function confirmApplicable(given: Pick<AppliedConfiguration, 'type' | 'config'>): void {
  const { type, config } = given;
  const { apiVersion = '', kind = '' } = config;
  if (apiVersion !== groupVersionOf(type) || kind !== type.kind) {
    throw badRequest(`invalid object type: ${groupVersionKind(apiVersion, kind)}`);
  }
  if (config.metadata['managedFields'] !== undefined && config.metadata['managedFields'] !== null) {
    throw badRequest('metadata.managedFields must be nil');
  }
  const problem = configurationProblem(schemaOf(type), config);
  if (problem !== undefined) {
    throw untypedError(`failed to create typed patch object (${nameOf(given)}): ${problem}`);
  }
}

function created(given: AppliedConfiguration): Applied {
  const own = applier(given, given.time);
  const managers = new Map([[managerIdentity(own), own]]);
  return { object: given.config, managedFields: encodeManagedFields(managers) };
}

function merged(given: AppliedConfiguration, liveObject: KubeObject): Applied {
  const { type, config, force, versions } = given;
  const schema = schemaOf(type);
  const live = withoutManagedFields(liveObject);
  const managers = decodeManagedFields(liveObject.metadata['managedFields']) ?? new Map();
  if (managers.size === 0) addEarlierWriter(managers, given, live);
  const identity = managerIdentity(applier(given));
  const last = managers.get(identity);
  const own = applier(given, last?.time);
  managers.set(identity, own);
  const object = prune(type, mergeConfiguration(schema, live, config), last, managers, versions);
  confirmConverts(given, object);
  const changeIn = changeInVersions(live, object, compareObjects(schema, live, object), versions);
  const conflicts = conflictsOf(managers, identity, changeIn);
  if (!force) confirmNoConflict(given, live, conflicts);
  for (const [other, each] of managers) {
    if (other === identity) continue;
    setFields(managers, other, each, fieldsLeft(each, changeIn(each.apiVersion)));
  }
  const isNoop = isDeepStrictEqual(object, live);
  setFields(managers, identity, isNoop ? own : { ...own, time: given.time }, own.fields);
  return { object, managedFields: encodeManagedFields(managers) };
}

/** What an object had before anybody's fields were known belongs to one who has no name. */
function addEarlierWriter(
  managers: Map<string, FieldManager>,
  { type, subresource, time }: AppliedConfiguration,
  live: KubeObject,
): void {
  const all = written(compareObjects(schemaOf(type), emptyObject(type), live));
  const writer = updater(type, 'before-first-apply', subresource);
  const fields = ownableFields(type, subresource, all);
  if (!isEmpty(fields)) managers.set(managerIdentity(writer), { ...writer, time, fields });
}

function applier(given: AppliedConfiguration, time?: string): FieldManager {
  const { type, config, manager, subresource } = given;
  return {
    manager,
    operation: 'Apply',
    apiVersion: groupVersionOf(type),
    ...(time === undefined ? {} : { time }),
    fields: ownableFields(type, subresource, fieldsOf(schemaOf(type), config)),
    ...(subresource === '' ? {} : { subresource }),
  };
}

/** kubectl may take what its own client-side apply has set. */
function confirmNoConflict(
  { type, manager }: AppliedConfiguration,
  live: KubeObject,
  conflicts: readonly Conflict[],
): void {
  if (conflicts.length === 0) return;
  const allowed: FieldSet = manager === 'kubectl' ? allowedByLastApplied(type, live) : noFields;
  const left = conflicts.flatMap((conflict) => {
    const fields = difference(conflict.fields, intersection(conflict.fields, allowed));
    return isEmpty(fields) ? [] : [{ ...conflict, fields }];
  });
  if (left.length > 0) throw conflictError(left);
}

/** Numbers that Go's type cannot hold, times that are none: what a schema does not tell. */
function confirmConverts(given: AppliedConfiguration, object: KubeObject): void {
  const mismatch = checkTypes(given.type, object);
  if (mismatch === undefined) return;
  throw untypedError(`failed to convert new object (${nameOf(given)}) to proper version: ${mismatch}`);
}

function nameOf({ config }: Pick<AppliedConfiguration, 'config'>): string {
  const { namespace = '', name = '' } = config.metadata;
  return `${namespace}/${name}; ${groupVersionKind(config.apiVersion ?? '', config.kind ?? '')}`;
}

/** As Go prints a GroupVersionKind. */
function groupVersionKind(apiVersion: string, kind: string): string {
  const slash = apiVersion.indexOf('/');
  return `${apiVersion.slice(0, Math.max(slash, 0))}/${apiVersion.slice(slash + 1)}, Kind=${kind}`;
}
