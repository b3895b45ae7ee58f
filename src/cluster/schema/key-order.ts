import { isJsonObject } from './json-object.ts';

/** A value with the keys of all its objects sorted, as Go's encoding/json writes maps. What is in order already is not copied. */
export function inKeyOrder<T>(value: T): T {
  return sorted(value) as T;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(sorted);
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isJsonObject(value)) return value;
  let isSorted = true;
  let before = '';
  const entries = Object.entries(value).map(([name, member]): [string, unknown] => {
    const next = sorted(member);
    if (next !== member || name < before) isSorted = false;
    before = name;
    return [name, next];
  });
  return isSorted ? value : Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
