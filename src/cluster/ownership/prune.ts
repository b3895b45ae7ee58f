import { groupVersionOf, type KubeObject, type ResourceType } from '../resources/index.ts';
import { type SchemaNode, schemaOf } from '../schema/index.ts';
import { difference, type FieldSet, insert, intersection, isEmpty, newFieldSet, union } from './field-set.ts';
import { fieldsOf } from './fields-of.ts';
import type { FieldManager, FieldManagers } from './managed-fields.ts';
import { removeFields, withNamedFields } from './remove-fields.ts';
import type { Versions } from './versions.ts';

/**
 * The merged object without what the applying manager set last time and nobody sets now.
 * Source: structured-merge-diff/merge/update.go prune.
 * @param last the manager as it was last time
 * @param managers as they are now, its new configuration among them
 */
export function prune(
  type: ResourceType,
  merged: unknown,
  last: FieldManager | undefined,
  managers: FieldManagers,
  versions: Versions | undefined,
): KubeObject {
  const object = merged as KubeObject;
  if (last === undefined || isEmpty(last.fields)) return object;
  if (versions === undefined) {
    const owned = ownedOf([...managers.values()]);
    return withoutGone(schemaOf(type), object, last.fields, (bare) =>
      pruned(schemaOf(type), object, bare, owned),
    );
  }
  const lastType = versions.typeOf(last.apiVersion);
  if (lastType === undefined) return object;
  const then = versions.convert(object, last.apiVersion);
  const left = withoutGone(schemaOf(lastType), then, last.fields, (bare) =>
    versions.convert(prunedInVersions(then, bare, last.apiVersion, managers, versions), last.apiVersion),
  );
  return versions.convert(left, groupVersionOf(type));
}

/**
 * Without what was set last time; what others own comes back, and so does what was below a field that went and never was
 * this manager's.
 * @param bringBack gives an object without what was set last time what others own of it
 */
function withoutGone(
  schema: SchemaNode,
  object: KubeObject,
  last: FieldSet,
  bringBack: (bare: KubeObject) => KubeObject,
): KubeObject {
  const set = withNamedFields(schema, last);
  const owned = bringBack(remove(schema, object, set));
  const gone = difference(allOf(schema, object), allOf(schema, owned));
  return remove(schema, object, intersection(gone, set));
}

/** The version that loses fields comes first: what a webhook cannot do without may be among what others own there. */
function prunedInVersions(
  merged: KubeObject,
  bare: KubeObject,
  first: string,
  managers: FieldManagers,
  versions: Versions,
): KubeObject {
  const byVersion = Map.groupBy(managers.values(), ({ apiVersion }) => apiVersion);
  const order = [first, ...byVersion.keys().filter((apiVersion) => apiVersion !== first)];
  let [whole, left] = [merged, bare];
  for (const apiVersion of order) {
    const owners = byVersion.get(apiVersion);
    const type = versions.typeOf(apiVersion);
    if (owners === undefined || type === undefined) continue;
    whole = versions.convert(whole, apiVersion);
    left = pruned(schemaOf(type), whole, versions.convert(left, apiVersion), ownedOf(owners));
  }
  return left;
}

/** The object with what is in the bare one, and what is owned, with all that it is in. */
function pruned(schema: SchemaNode, object: KubeObject, bare: KubeObject, owned: FieldSet): KubeObject {
  const kept = union(allOf(schema, bare), withNamedFields(schema, owned));
  return remove(schema, object, difference(allOf(schema, object), kept));
}

/** Every configuration names its object, so that no object loses its metadata. */
const named = newFieldSet();
insert(named, ['f:metadata', 'f:name']);

function ownedOf(managers: readonly FieldManager[]): FieldSet {
  return managers.map(({ fields }) => fields).reduce(union, named);
}

function allOf(schema: SchemaNode, object: KubeObject): FieldSet {
  return withNamedFields(schema, fieldsOf(schema, object));
}

function remove(schema: SchemaNode, object: KubeObject, fields: FieldSet): KubeObject {
  return removeFields(schema, object, fields) as KubeObject;
}
