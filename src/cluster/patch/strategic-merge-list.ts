import { isJsonObject, type SchemaNode } from '../schema/index.ts';
import { strategicFailure } from './strategic-failure.ts';

type Json = Record<string, unknown>;
type MergeMap = (current: Json, patch: Json, node: SchemaNode | undefined) => Json;

/**
 * Merges a list that the schema marks `merge`: scalars as a set, objects by the merge key. Patched and new elements
 * come in the patch's order; where the original does not tell the order, they come before the others.
 */
export function mergeList(
  current: readonly unknown[],
  patch: readonly unknown[],
  node: SchemaNode,
  mergeMap: MergeMap,
): unknown[] {
  const mergeKey = node.patchMergeKey;
  if (mergeKey === undefined) {
    const values = patch.filter((element) => !isJsonObject(element));
    return applyElementOrder([...new Set([...current, ...values])], values, current, undefined);
  }
  const items = patch.map((element) => {
    if (!isJsonObject(element)) throw strategicFailure.mixedElements(current, patch);
    return element;
  });
  const plain = items.filter((item) => item['$patch'] === undefined || item['$patch'] === 'merge');
  const isReplaced = items.some((item) => item['$patch'] === 'replace');
  // A lone {"$patch":"replace"} marks the whole list; an element with content is itself a new element.
  const base = isReplaced ? [] : withoutDeleted(current, items, mergeKey);
  const added = isReplaced ? [...plain, ...items.filter((item) => isReplacement(item))] : plain;
  const merged = mergeByKey(base, added, mergeKey, (existing, item) =>
    mergeMap(existing, item, node.elements()),
  );
  return applyElementOrder(merged, added, current, mergeKey);
}

function isReplacement(item: Json): boolean {
  return item['$patch'] === 'replace' && Object.keys(item).length > 1;
}

function withoutDeleted(
  current: readonly unknown[],
  items: readonly Json[],
  mergeKey: string,
): readonly unknown[] {
  const deletions = items.filter((item) => item['$patch'] === 'delete');
  const deleted = new Set(deletions.map((item) => keyOf(item, mergeKey)));
  for (const item of items) {
    const directive = item['$patch'];
    if (directive !== undefined && directive !== 'delete' && directive !== 'merge') {
      throw strategicFailure.unknownDirective(item);
    }
  }
  return current.filter((each) => !deleted.has(identity(each, mergeKey)));
}

function mergeByKey(
  base: readonly unknown[],
  items: readonly Json[],
  mergeKey: string,
  merge: (existing: Json, item: Json) => Json,
): unknown[] {
  const merged = [...base];
  const positions = new Map(ranks(base, mergeKey));
  for (const item of items) {
    const key = keyOf(item, mergeKey);
    const position = positions.get(key) ?? merged.length;
    const existing = merged[position];
    merged[position] = merge(isJsonObject(existing) ? existing : {}, item);
    positions.set(key, position);
  }
  return merged;
}

/**
 * Puts the elements that `order` names into its order and weaves the others in by where they were in `original`.
 * Source: strategicpatch/patch.go, normalizeElementOrder and mergeSortedSlice.
 */
export function applyElementOrder(
  list: readonly unknown[],
  order: readonly unknown[],
  original: readonly unknown[],
  mergeKey: string | undefined,
): unknown[] {
  const rank = ranks(order, mergeKey);
  const originalRank = ranks(original, mergeKey);
  const id = (element: unknown) => identity(element, mergeKey);
  const patched = list
    .filter((each) => rank.has(id(each)))
    .toSorted((a, b) => at(rank, id(a)) - at(rank, id(b)));
  const others = list
    .filter((each) => !rank.has(id(each)))
    .toSorted((a, b) => at(originalRank, id(a)) - at(originalRank, id(b)));
  const woven: unknown[] = [];
  let next = 0;
  for (const element of patched) {
    const position = originalRank.get(id(element)) ?? -1;
    while (next < others.length && at(originalRank, id(others[next])) < position) woven.push(others[next++]);
    woven.push(element);
  }
  return [...woven, ...others.slice(next)];
}

/**
 * The elements of a patch are in the order that it asks for. Throws StatusError 500 when they are not.
 * Source: strategicpatch/patch.go validatePatchWithSetOrderList.
 */
export function confirmOrder(patch: unknown, order: readonly unknown[], mergeKey: string | undefined): void {
  const id = (element: unknown) =>
    mergeKey === undefined ? element : keyOf(isJsonObject(element) ? element : {}, mergeKey);
  const wanted = order.map(id);
  if (!Array.isArray(patch)) return;
  const given = patch.filter((each) => !isJsonObject(each) || (each['$patch'] ?? 'merge') === 'merge');
  let next = 0;
  for (const element of given.map(id)) {
    const position = wanted.indexOf(element, next);
    if (position < 0) throw strategicFailure.otherOrder(patch, order);
    next = position + 1;
  }
}

function ranks(elements: readonly unknown[], mergeKey: string | undefined): ReadonlyMap<unknown, number> {
  const found = new Map<unknown, number>();
  for (const [position, element] of elements.entries()) {
    const id = identity(element, mergeKey);
    if (!found.has(id)) found.set(id, position);
  }
  return found;
}

function at(rank: ReadonlyMap<unknown, number>, id: unknown): number {
  return rank.get(id) ?? Number.MAX_SAFE_INTEGER;
}

function identity(element: unknown, mergeKey: string | undefined): unknown {
  if (mergeKey === undefined || !isJsonObject(element)) return element;
  return element[mergeKey];
}

function keyOf(item: Json, mergeKey: string): unknown {
  const key = item[mergeKey];
  if (key === undefined || key === null) throw strategicFailure.noMergeKey(item, mergeKey);
  return key;
}
