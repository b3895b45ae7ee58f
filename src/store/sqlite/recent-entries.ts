import type { Entry } from '../store.ts';

/** Characters of keys and values that are kept at most, and half as many at least: a thousand sign-ins. Twice the bytes where they are not Latin. */
const mostCharacters = 6 * 1024 * 1024;

/** What was read or written lately: most keys are looked up several times within a moment, also those that are not there. */
export interface RecentEntries {
  /** undefined: not known; null: there is none. */
  get(key: string): Entry | null | undefined;
  /** @param entry the current one; null when there is none */
  set(key: string, entry: Entry | null): void;
  clear(): void;
}

/**
 * Forgets the older half of them at once when they are too long together: forgotten one by one, each would leave a gap that
 * the next search for the oldest has to pass.
 */
export function createRecentEntries(limit = mostCharacters): RecentEntries {
  let younger = new Map<string, Entry | null>();
  let older = new Map<string, Entry | null>();
  /** Of the younger ones; what is replaced counts on. */
  let characters = 0;

  return {
    get(key) {
      const entry = younger.get(key);
      return entry === undefined ? older.get(key) : entry;
    },
    set(key, entry) {
      const length = key.length + (entry?.value.length ?? 0);
      if (length > limit / 16) {
        younger.delete(key);
        older.delete(key);
        return;
      }
      younger.set(key, entry);
      characters += length;
      if (characters <= limit / 2) return;
      older = younger;
      younger = new Map();
      characters = 0;
    },
    clear() {
      younger.clear();
      older.clear();
      characters = 0;
    },
  };
}
