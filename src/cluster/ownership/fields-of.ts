import { asJsonArray, asJsonObject, isJsonObject, type SchemaNode } from '../schema/index.ts';
import { type FieldSet, type FieldSetBuilder, insert, newFieldSet } from './field-set.ts';
import { isDeclared, itemsByElement, memberNode, mergeRuleOf } from './merge-rule.ts';
import { memberElement } from './path-element.ts';

/** All fields that an object sets. Source: structured-merge-diff/typed/tofieldset.go. */
export function fieldsOf(schema: SchemaNode, object: object): FieldSet {
  const set = newFieldSet();
  collect(schema, object, [], set);
  return set;
}

function collect(node: SchemaNode | undefined, value: unknown, path: string[], set: FieldSetBuilder): void {
  const rule = mergeRuleOf(node, value);
  if (rule === 'leaf') insert(set, path);
  else if (rule === 'members') collectMembers(node, asJsonObject(value), path, set);
  else if (node !== undefined) collectItems(node, asJsonArray(value), path, set);
}

function collectMembers(
  node: SchemaNode | undefined,
  members: Readonly<Record<string, unknown>>,
  path: string[],
  set: FieldSetBuilder,
): void {
  for (const [name, value] of Object.entries(members)) {
    path.push(memberElement(name));
    collect(memberNode(node, name), value, path, set);
    const isHollow = value === null || (isJsonObject(value) && Object.keys(value).length === 0);
    if (isHollow || !isDeclared(node, name)) insert(set, path);
    path.pop();
  }
}

function collectItems(
  node: SchemaNode,
  items: readonly unknown[],
  path: string[],
  set: FieldSetBuilder,
): void {
  for (const [element, same] of itemsByElement(node, items)) {
    path.push(element);
    if (same.length === 1) collect(node.elements(), same[0], path, set);
    insert(set, path);
    path.pop();
  }
}
