import type { Entry } from '../store.ts';

/** Characters of keys and values that are kept: four MiB, or eight where they are not Latin. A thousand sign-ins. */
const mostCharacters = 4 * 1024 * 1024;

/** What was read or written lately: most keys are looked up several times within a moment, also those that are not there. */
export interface RecentEntries {
  /** undefined: not known; null: there is none. */
  get(key: string): Entry | null | undefined;
  /** @param entry the current one; null when there is none */
  set(key: string, entry: Entry | null): void;
  clear(): void;
}

/** Forgets the oldest first, when they are too long together. */
export function createRecentEntries(limit = mostCharacters): RecentEntries {
  const entries = new Map<string, Entry | null>();
  let characters = 0;

  function forget(key: string): void {
    const entry = entries.get(key);
    if (entry === undefined) return;
    entries.delete(key);
    characters -= lengthOf(key, entry);
  }

  return {
    get: (key) => entries.get(key),
    set(key, entry) {
      forget(key);
      const length = lengthOf(key, entry);
      if (length > limit / 16) return;
      entries.set(key, entry);
      characters += length;
      for (const oldest of entries.keys()) {
        if (characters <= limit) return;
        forget(oldest);
      }
    },
    clear() {
      entries.clear();
      characters = 0;
    },
  };
}

function lengthOf(key: string, entry: Entry | null): number {
  return key.length + (entry?.value.length ?? 0);
}
