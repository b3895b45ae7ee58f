import { isDeepStrictEqual } from 'node:util';
import { asJsonArray, asJsonObject, isJsonObject, type SchemaNode } from '../schema/index.ts';
import { type FieldSet, type FieldSetBuilder, insert, isEmpty, newFieldSet, union } from './field-set.ts';
import { isDeclared, itemsByElement, memberNode, mergeRuleOf } from './merge-rule.ts';
import { memberElement } from './path-element.ts';

/** What one object has against another; no field is in two of the sets. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

interface Findings {
  readonly added: FieldSetBuilder;
  readonly modified: FieldSetBuilder;
  readonly removed: FieldSetBuilder;
}

/** Compares by the schema's rules. Source: structured-merge-diff/typed/compare.go. */
export function compareObjects(schema: SchemaNode, before: object, after: object): Comparison {
  const found: Findings = { added: newFieldSet(), modified: newFieldSet(), removed: newFieldSet() };
  compare(schema, before, after, [], found);
  return found;
}

export function isUnchanged({ added, modified, removed }: Comparison): boolean {
  return isEmpty(added) && isEmpty(modified) && isEmpty(removed);
}

/** The fields that got another value, or one at all. */
export function written({ added, modified }: Comparison): FieldSet {
  return union(added, modified);
}

/** @param path where the values are; restored before it returns. An absent value is undefined, which null is not. */
function compare(
  node: SchemaNode | undefined,
  before: unknown,
  after: unknown,
  path: string[],
  found: Findings,
): void {
  if (before === after) return;
  const rule = mergeRuleOf(node, isJsonObject(before) ? (after ?? before) : after);
  if (rule === 'leaf' || (isHollow(before) && isHollow(after))) {
    compareLeaf(before, after, path, found);
    return;
  }
  if (rule === 'members') compareMembers(node, before, after, path, found);
  else if (node !== undefined) compareItems(node, asJsonArray(before), asJsonArray(after), path, found);
  if (before === undefined) insert(found.added, path);
  else if (after === undefined) insert(found.removed, path);
}

/** Absent, null and empty are told apart only as a whole. */
function isHollow(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === undefined || value === null || (isJsonObject(value) && Object.keys(value).length === 0);
}

function compareLeaf(before: unknown, after: unknown, path: readonly string[], found: Findings): void {
  if (before === undefined) insert(found.added, path);
  else if (after === undefined) insert(found.removed, path);
  else if (!isDeepStrictEqual(before, after)) insert(found.modified, path);
}

function compareMembers(
  node: SchemaNode | undefined,
  before: unknown,
  after: unknown,
  path: string[],
  found: Findings,
): void {
  const names = new Set([...Object.keys(asJsonObject(before)), ...Object.keys(asJsonObject(after))]);
  for (const name of names) {
    // What no version of the schema declares is not kept and cannot be owned.
    if (node?.form === 'struct' && !node.isOpen && !isDeclared(node, name)) continue;
    path.push(memberElement(name));
    compare(memberNode(node, name), memberOf(node, before, name), memberOf(node, after, name), path, found);
    path.pop();
  }
}

/** A list or a map that its struct must have is null in Go when it is not there: emptying it is no removal. */
function memberOf(node: SchemaNode | undefined, value: unknown, name: string): unknown {
  if (!isJsonObject(value)) return undefined;
  const member = value[name];
  if (member !== undefined || node?.form !== 'struct' || !node.required.has(name)) return member;
  const form = node.fields().get(name)?.form;
  return form === 'list' || form === 'map' ? null : undefined;
}

function compareItems(
  node: SchemaNode,
  before: readonly unknown[],
  after: readonly unknown[],
  path: string[],
  found: Findings,
): void {
  const old = itemsByElement(node, before);
  const next = itemsByElement(node, after);
  for (const element of new Set([...old.keys(), ...next.keys()])) {
    path.push(element);
    compareRepeated(node.elements(), old.get(element) ?? [], next.get(element) ?? [], path, found);
    path.pop();
  }
}

/** Items that share a key are owned as one. */
function compareRepeated(
  node: SchemaNode | undefined,
  before: readonly unknown[],
  after: readonly unknown[],
  path: string[],
  found: Findings,
): void {
  const [wasRepeated, isRepeated] = [before.length > 1, after.length > 1];
  if (wasRepeated && isRepeated) compareLeaf(before, after, path, found);
  else if (wasRepeated) {
    if (after.length > 0) compare(node, undefined, after[0], path, found);
    insert(found.removed, path);
  } else if (isRepeated) {
    if (before.length > 0) compare(node, before[0], undefined, path, found);
    insert(found.added, path);
  } else compare(node, before[0], after[0], path, found);
}
