import type { TokenOutcome } from '../token-outcome.ts';

/** What reviews have said, by the hash of the token. */
export interface RememberedReviews {
  get(hash: string): TokenOutcome | undefined;
  /** @param until milliseconds since 1970 */
  set(hash: string, outcome: TokenOutcome, until: number): void;
}

/** Keeps at most `limit` of them, the latest ones. */
export function createRememberedReviews(limit: number, now: () => number): RememberedReviews {
  // A Map iterates in insertion order: the first is the oldest.
  const reviews = new Map<string, { readonly outcome: TokenOutcome; readonly until: number }>();
  return {
    get(hash) {
      const review = reviews.get(hash);
      if (review === undefined || now() < review.until) return review?.outcome;
      reviews.delete(hash);
      return undefined;
    },
    set(hash, outcome, until) {
      reviews.delete(hash);
      reviews.set(hash, { outcome, until });
      if (reviews.size <= limit) return;
      const oldest = reviews.keys().next();
      if (!oldest.done) reviews.delete(oldest.value);
    },
  };
}
