import { isJsonObject, type SchemaNode } from '../schema/index.ts';
import { strategicFailure } from './strategic-failure.ts';
import { applyElementOrder, confirmOrder, mergeList } from './strategic-merge-list.ts';

type Json = Record<string, unknown>;

const setElementOrder = '$setElementOrder/';
const deleteFromPrimitiveList = '$deleteFromPrimitiveList/';

/**
 * Strategic merge patch: like a merge patch, but lists that the schema marks `merge` are merged by their key and a
 * patch may carry directives. `node` is undefined below a field that the schema does not know: maps then merge and
 * lists are replaced. Throws StatusError 400 or 500 (as Kubernetes) for a malformed directive. Neither argument is changed.
 * Source: apimachinery/pkg/util/strategicpatch/patch.go.
 */
export function strategicMergePatch(current: Json, patch: Json, node: SchemaNode | undefined): Json {
  switch (patch['$patch']) {
    case undefined:
    case 'merge':
      break;
    case 'replace':
      return mergeInto({}, patch, node);
    case 'delete':
      return {};
    default:
      throw strategicFailure.unknownDirective(patch);
  }
  return mergeInto(retained(current, patch), patch, node);
}

function mergeInto(current: Json, patch: Json, node: SchemaNode | undefined): Json {
  const merged = new Map(Object.entries(current));
  for (const [key, value] of Object.entries(patch)) {
    if (key === '$patch' || key === '$retainKeys' || key.startsWith(setElementOrder)) continue;
    if (key.startsWith(deleteFromPrimitiveList)) continue;
    if (value === null) merged.delete(key);
    else merged.set(key, mergeValue(merged.get(key), value, fieldNode(node, key)));
  }
  applyListDirectives(merged, current, patch, node);
  return Object.fromEntries(merged);
}

function mergeValue(current: unknown, patch: unknown, node: SchemaNode | undefined): unknown {
  const isMerged = node?.patchStrategies.includes('replace') !== true;
  if (isJsonObject(patch)) {
    return strategicMergePatch(isMerged && isJsonObject(current) ? current : {}, patch, node);
  }
  if (!Array.isArray(patch)) return patch;
  if (node?.patchStrategies.includes('merge') !== true)
    return patch.map((element) => withoutDirectives(element, node));
  return mergeList(Array.isArray(current) ? current : [], patch, node, strategicMergePatch);
}

/** An element of a list that is replaced as a whole is merged into nothing, which drops its directives and nulls. */
function withoutDirectives(element: unknown, list: SchemaNode | undefined): unknown {
  return isJsonObject(element) ? strategicMergePatch({}, element, list?.elements()) : element;
}

function applyListDirectives(
  merged: Map<string, unknown>,
  current: Json,
  patch: Json,
  node: SchemaNode | undefined,
) {
  for (const [key, value] of Object.entries(patch)) {
    const directive = [deleteFromPrimitiveList, setElementOrder].find((prefix) => key.startsWith(prefix));
    if (directive === undefined) continue;
    if (!Array.isArray(value)) {
      if (directive === setElementOrder) throw strategicFailure.noList(value);
      continue;
    }
    const field = key.slice(directive.length);
    const list = merged.get(field);
    if (!Array.isArray(list)) continue;
    const deleted = new Set<unknown>(value);
    if (directive === deleteFromPrimitiveList)
      merged.set(
        field,
        list.filter((each) => !deleted.has(each)),
      );
  }
  for (const [key, value] of Object.entries(patch)) {
    if (!key.startsWith(setElementOrder) || !Array.isArray(value)) continue;
    const field = key.slice(setElementOrder.length);
    const list = merged.get(field);
    const mergeKey = fieldNode(node, field)?.patchMergeKey;
    const original = current[field];
    confirmOrder(patch[field], value, mergeKey);
    if (!Array.isArray(list)) continue;
    merged.set(field, applyElementOrder(list, value, Array.isArray(original) ? original : [], mergeKey));
  }
}

/** `$retainKeys` drops what it does not name: a union (a volume, a strategy) then changes its member cleanly. */
function retained(current: Json, patch: Json): Json {
  const keys = patch['$retainKeys'];
  if (keys === undefined) return current;
  if (!Array.isArray(keys)) throw strategicFailure.retainedKeys();
  for (const [key, value] of Object.entries(patch)) {
    if (!key.startsWith('$') && value !== null && !keys.includes(key)) {
      throw strategicFailure.retainedKeys();
    }
  }
  return Object.fromEntries(Object.entries(current).filter(([key]) => keys.includes(key)));
}

function fieldNode(node: SchemaNode | undefined, field: string): SchemaNode | undefined {
  return node?.form === 'map' ? node.elements() : node?.fields().get(field);
}
