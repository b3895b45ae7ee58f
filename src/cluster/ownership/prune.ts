import type { KubeObject } from '../resources/index.ts';
import type { SchemaNode } from '../schema/index.ts';
import { difference, type FieldSet, intersection, isEmpty, union } from './field-set.ts';
import { fieldsOf } from './fields-of.ts';
import { removeFields, withNamedFields } from './remove-fields.ts';

/**
 * The merged object without what the applying manager set last time and nobody sets now.
 * Source: structured-merge-diff/merge/update.go prune.
 * @param last what it set last time
 * @param owned what anybody owns now, its new configuration included
 */
export function prune(
  schema: SchemaNode,
  merged: unknown,
  last: FieldSet | undefined,
  owned: FieldSet,
): KubeObject {
  const object = merged as KubeObject;
  if (last === undefined || isEmpty(last)) return object;
  const named = (set: FieldSet) => withNamedFields(schema, set);
  const all = named(fieldsOf(schema, object));
  const bare = remove(schema, object, named(last));
  // What others own comes back, with all that it is in.
  const withOwned = union(named(fieldsOf(schema, bare)), named(owned));
  const pruned = remove(schema, object, difference(all, withOwned));
  // So does what was below a field that went, and never was this manager's.
  const gone = difference(all, named(fieldsOf(schema, pruned)));
  return remove(schema, object, intersection(gone, named(last)));
}

function remove(schema: SchemaNode, object: KubeObject, fields: FieldSet): KubeObject {
  return removeFields(schema, object, fields) as KubeObject;
}
