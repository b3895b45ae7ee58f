import { compareKeys } from '../key-order.ts';

/** An ordered set of keys: O(log n) to find, one block move to insert or remove. */
export interface SortedKeys {
  add(key: string): void;
  delete(key: string): void;
  /** Position of the first key that is not less than `key`. */
  lowerBound(key: string): number;
  at(position: number): string | undefined;
  readonly size: number;
}

export function createSortedKeys(): SortedKeys {
  const keys: string[] = [];

  function lowerBound(key: string): number {
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareKeys(keys[middle] ?? '', key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    lowerBound,
    at: (position) => keys[position],
    get size() {
      return keys.length;
    },
    add(key) {
      const position = lowerBound(key);
      if (keys[position] !== key) keys.splice(position, 0, key);
    },
    delete(key) {
      const position = lowerBound(key);
      if (keys[position] === key) keys.splice(position, 1);
    },
  };
}
