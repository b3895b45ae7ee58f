import { isJsonObject } from '../../schema/index.ts';
import type { JsonSchema } from './json-schema.ts';

/**
 * Finds the item of a list that an item takes the place of; undefined where that cannot be told: only the items of a list
 * that is a map have a key. Source: apiserver/pkg/cel/common/equality.go, maplist.go.
 */
export function correlatedItems(list: JsonSchema, old: unknown): (item: unknown) => unknown {
  if (list['x-kubernetes-list-type'] !== 'map' || !Array.isArray(old)) return () => undefined;
  const keys = list['x-kubernetes-list-map-keys'] ?? [];
  const keyOf = (item: unknown) =>
    JSON.stringify(keys.map((key) => (isJsonObject(item) ? item[key] : undefined)));
  const byKey = new Map(old.map((item: unknown) => [keyOf(item), item]));
  return (item) => byKey.get(keyOf(item));
}
