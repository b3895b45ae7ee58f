import type { Entry } from '../store.ts';

/** Characters of keys and values that are kept: a MiB at most. */
const mostCharacters = 512 * 1024;

/** Current entries that were read or written lately; most keys are read several times within a moment. */
export interface RecentEntries {
  get(key: string): Entry | undefined;
  add(entry: Entry): void;
  remove(key: string): void;
  clear(): void;
}

/** Forgets the oldest first, when they are too long together. */
export function createRecentEntries(limit = mostCharacters): RecentEntries {
  const entries = new Map<string, Entry>();
  let characters = 0;

  function remove(key: string): void {
    const entry = entries.get(key);
    if (entry === undefined) return;
    entries.delete(key);
    characters -= lengthOf(entry);
  }

  return {
    get: (key) => entries.get(key),
    add(entry) {
      remove(entry.key);
      if (lengthOf(entry) > limit / 16) return;
      entries.set(entry.key, entry);
      characters += lengthOf(entry);
      for (const oldest of entries.keys()) {
        if (characters <= limit) return;
        remove(oldest);
      }
    },
    remove,
    clear() {
      entries.clear();
      characters = 0;
    },
  };
}

function lengthOf({ key, value }: Entry): number {
  return key.length + value.length;
}
