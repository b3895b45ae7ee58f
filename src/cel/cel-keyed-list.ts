import { type Evaluation, isCelObject, kindOf, mapMember, spend } from './cel-value.ts';

type List = readonly unknown[];
type KeyOf = (item: unknown) => string;

/** Lists whose elements are told apart by keys and not by where they stand. */
const keyed = new WeakMap<List, KeyOf>();

/** Source: apiserver/pkg/cel/common/values.go unstructuredSetList. */
export function setList<T extends List>(list: T): T {
  keyed.set(list, scalarKey);
  return list;
}

/**
 * A list whose elements are told apart by some of their members.
 * Source: apiserver/pkg/cel/common/values.go unstructuredMapList.
 */
export function mapList<T extends List>(list: T, members: readonly string[]): T {
  keyed.set(list, (item) => JSON.stringify(members.map((name) => scalarKey(memberOf(item, name)))));
  return list;
}

function memberOf(item: unknown, name: string): unknown {
  return kindOf(item) === 'map' ? mapMember(item, name) : undefined;
}

function scalarKey(value: unknown): string {
  return `${kindOf(value)} ${String(isCelObject(value) ? value.value : value)}`;
}

/** Gives the keys of a list's elements, and of those that are compared with them; undefined when they have none. */
export function keysOf(list: List, evaluation: Evaluation): KeyOf | undefined {
  const keyOf = keyed.get(list);
  if (keyOf === undefined) return undefined;
  return (item) => {
    const key = keyOf(item);
    spend(evaluation, 1 + key.length / 100);
    return key;
  };
}

export function isSet(list: List): boolean {
  return keyed.get(list) === scalarKey;
}

/** The one list and then the other; where elements have keys, the other's take the places of the one's. */
export function concatenate(list: List, other: List, evaluation: Evaluation): List {
  const keyOf = keysOf(list, evaluation);
  const kept = keyed.get(list);
  if (keyOf === undefined || kept === undefined) return [...list, ...other];
  const merged = new Map(list.map((item) => [keyOf(item), item]));
  for (const item of other) merged.set(keyOf(item), item);
  const result = [...merged.values()];
  keyed.set(result, kept);
  return result;
}
