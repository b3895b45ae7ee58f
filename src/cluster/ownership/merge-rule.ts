import { isJsonObject, type SchemaNode } from '../schema/index.ts';
import { keyElement, valueElement } from './path-element.ts';

/**
 * How a value is owned and merged: as one (`leaf`), by member, or by list element. A value that the schema says nothing of
 * is one by member when it is an object.
 */
export type MergeRule = 'leaf' | 'members' | 'elements';

/** Source: kube-openapi/pkg/schemaconv. @param sample a value there; only looked at where the schema leaves it open */
export function mergeRuleOf(node: SchemaNode | undefined, sample: unknown): MergeRule {
  if (node?.takesBoolean === true && typeof sample === 'boolean') return 'leaf';
  switch (node?.form) {
    case 'struct':
    case 'map':
      return node.mapType === 'atomic' ? 'leaf' : 'members';
    case 'list':
      return isAssociative(node) ? 'elements' : 'leaf';
    case undefined:
    case 'opaque':
      return isJsonObject(sample) ? 'members' : 'leaf';
    default:
      return 'leaf';
  }
}

function isAssociative(list: SchemaNode): boolean {
  if (list.listType !== undefined) return list.listType === 'map' || list.listType === 'set';
  return list.patchStrategies.includes('merge');
}

/** The node of a member; undefined where the schema says nothing of it. */
export function memberNode(node: SchemaNode | undefined, name: string): SchemaNode | undefined {
  return node?.form === 'struct' ? node.fields().get(name) : node?.elements();
}

/** Whether the member is a field of a struct, as opposed to an entry of a map. */
export function isDeclared(node: SchemaNode | undefined, name: string): boolean {
  return node?.form === 'struct' && node.fields().has(name);
}

/** What keeps an element from having a place in an associative list. */
export class ElementError extends Error {
  override readonly name = 'ElementError';
}

/**
 * The path element of an item of an associative list. Throws ElementError for an item without one.
 * Source: structured-merge-diff/typed/helpers.go listItemToPathElement.
 */
export function itemElement(list: SchemaNode, item: unknown): string {
  const keys = keysOf(list);
  if (keys.length === 0) return setElement(item);
  if (item === null) throw new ElementError('associative list with keys may not have a null element');
  if (!isJsonObject(item)) throw new ElementError('associative list with keys may not have non-map elements');
  const fields = list.elements()?.fields();
  const present: Record<string, unknown> = {};
  for (const key of keys) {
    const value = item[key] ?? fields?.get(key)?.default;
    if (value !== undefined) present[key] = value;
  }
  if (Object.keys(present).length > 0) return keyElement(present);
  const names = `[${keys.map((key) => JSON.stringify(key)).join(' ')}]`;
  throw new ElementError(
    `associative list with keys has an element that omits all key fields ${names} (and doesn't have default values for any key fields)`,
  );
}

function keysOf(list: SchemaNode): readonly string[] {
  if (list.listType === 'map') return list.listMapKeys;
  return list.listType === undefined && list.patchMergeKey !== undefined ? [list.patchMergeKey] : [];
}

function setElement(item: unknown): string {
  if (item === null)
    throw new ElementError("associative list without keys has an element that's an explicit null");
  if (typeof item !== 'object') return valueElement(item);
  throw new ElementError(
    Array.isArray(item)
      ? 'not supported: associative list with lists as elements'
      : "associative list without keys has an element that's a map type",
  );
}

/** The items by their element, in order; more than one where a stored list repeats a key. */
export function itemsByElement(list: SchemaNode, items: readonly unknown[]): Map<string, unknown[]> {
  return Map.groupBy(items, (item) => itemElement(list, item));
}
