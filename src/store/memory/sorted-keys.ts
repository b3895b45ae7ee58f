import { compareKeys } from '../key-order.ts';

/** An ordered set of keys; its cost hardly grows with their number. */
export interface SortedKeys {
  add(key: string): void;
  delete(key: string): void;
  /** How many keys are less than this one. */
  rank(key: string): number;
  /** The keys that are not less than `start`, in order. Must not be changed meanwhile. */
  from(start: string): Generator<string, undefined>;
  readonly size: number;
}

/** Keys that are moved at most when one comes or goes. */
const longestRun = 512;

/** Runs of some hundred keys, in order, none of them empty: only one run is moved at a time. */
export function createSortedKeys(): SortedKeys {
  const runs: string[][] = [];
  let size = 0;

  /** The run that the key is in or belongs in. */
  function runOf(key: string): number {
    let low = 0;
    let high = runs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareKeys(runs[middle]?.[0] ?? '', key) <= 0) low = middle + 1;
      else high = middle;
    }
    return Math.max(low - 1, 0);
  }

  return {
    get size() {
      return size;
    },
    add(key) {
      const at = runOf(key);
      const run = runs[at];
      if (run === undefined) {
        runs.push([key]);
        size = 1;
        return;
      }
      const position = lowerBound(run, key);
      if (run[position] === key) return;
      run.splice(position, 0, key);
      size++;
      if (run.length > longestRun) runs.splice(at + 1, 0, run.splice(longestRun / 2));
    },
    delete(key) {
      const at = runOf(key);
      const run = runs[at] ?? [];
      const position = lowerBound(run, key);
      if (run[position] !== key) return;
      run.splice(position, 1);
      size--;
      if (run.length === 0) runs.splice(at, 1);
    },
    rank(key) {
      const at = runOf(key);
      let before = 0;
      for (let run = 0; run < at; run++) before += runs[run]?.length ?? 0;
      return before + lowerBound(runs[at] ?? [], key);
    },
    *from(start) {
      const first = runOf(start);
      for (let at = first; at < runs.length; at++) {
        const run = runs[at] ?? [];
        for (let position = at === first ? lowerBound(run, start) : 0; position < run.length; position++)
          yield run[position] as string;
      }
      return undefined;
    },
  };
}

function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(keys[middle] ?? '', key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
