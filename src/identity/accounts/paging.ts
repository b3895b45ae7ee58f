export interface PageOptions {
  /** Default: 100; at most 1000. */
  readonly limit?: number | undefined;
  /** The `next` of the page before. */
  readonly after?: string | undefined;
  /** Reads as of this revision of the store. Default: now. Throws CompactedError or FutureRevisionError. */
  readonly revision?: number | undefined;
}

export interface AccountPage<T> {
  /** In the order of the keys' UTF-8 bytes. */
  readonly items: readonly T[];
  /** For the page that follows; undefined on the last one. */
  readonly next: string | undefined;
  /** The store's revision that was read: what is changed after it has a greater one. */
  readonly revision: number;
}

export function pageLimit({ limit = 100 }: PageOptions): number {
  return Math.min(1000, Math.max(1, Math.floor(limit)));
}

/**
 * A page of what was read for it.
 * @param found one more than the page takes, where there is more
 * @param revision the store's
 */
export function toPage<T>(
  found: readonly T[],
  revision: number,
  limit: number,
  keyOf: (item: T) => string,
): AccountPage<T> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const next = found.length > limit && last !== undefined ? keyOf(last) : undefined;
  return { items, next, revision };
}
