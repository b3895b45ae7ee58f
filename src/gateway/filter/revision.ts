/** Compares revisions, which are decimal numbers without leading zeros and may have 64 bits. */
export function isOlder(a: string, b: string): boolean {
  return a.length === b.length ? a < b : a.length < b.length;
}

/** @returns undefined when one of them is not known */
export function oldest(revisions: readonly (string | undefined)[]): string | undefined {
  let least: string | undefined;
  for (const revision of revisions) {
    if (revision === undefined) return undefined;
    if (least === undefined || isOlder(revision, least)) least = revision;
  }
  return least;
}
