import { isJsonObject, type SchemaNode } from '../schema/index.ts';
import { type FieldSet, isEmpty, noFields } from './field-set.ts';
import { itemElement, memberNode, mergeRuleOf } from './merge-rule.ts';
import { memberElement } from './path-element.ts';

/**
 * The value without the fields of the set and all that is below them. An object or a list of which nothing is left becomes
 * null. Source: structured-merge-diff/typed/remove.go.
 */
export function removeFields(node: SchemaNode | undefined, value: unknown, set: FieldSet): unknown {
  const rule = mergeRuleOf(node, value);
  if (rule === 'members' && isJsonObject(value)) {
    const kept = Object.entries(value).flatMap(([name, member]) =>
      remaining(memberNode(node, name), member, set.children.get(memberElement(name))).map(
        (left) => [name, left] as const,
      ),
    );
    return kept.length === 0 ? null : Object.fromEntries(kept);
  }
  if (rule === 'elements' && node !== undefined && Array.isArray(value)) {
    const kept = value.flatMap((item) =>
      remaining(node.elements(), item, set.children.get(itemElement(node, item))),
    );
    return kept.length === 0 ? null : kept;
  }
  return value;
}

/** Nothing or one value. */
function remaining(
  node: SchemaNode | undefined,
  value: unknown,
  set: FieldSet = noFields,
): readonly unknown[] {
  if (set.isMember) return [];
  return [isEmpty(set) ? value : removeFields(node, value, set)];
}

/**
 * The set with every field of a struct that has something of it below: who owns `spec.replicas` then owns `spec`, but who
 * owns one of its labels does not own the labels' map. Source: structured-merge-diff/fieldpath/set.go.
 */
export function withNamedFields(node: SchemaNode | undefined, set: FieldSet): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [element, child] of set.children) {
    const name = element.startsWith('f:') ? element.slice(2) : undefined;
    const below = name === undefined ? node?.elements() : memberNode(node, name);
    const isNamed =
      name !== undefined && child.children.size > 0 && node?.form === 'struct' && node.fields().has(name);
    const deep = withNamedFields(below, child);
    children.set(element, isNamed ? { ...deep, isMember: true } : deep);
  }
  return { isMember: set.isMember, children };
}
