import type { TokenOutcome } from './token-outcome.ts';

/** Tokens that have been verified, by the hash of their text. */
export interface VerifiedTokens {
  get(hash: string): VerifiedToken | undefined;
  set(hash: string, token: VerifiedToken): void;
  delete(hash: string): void;
}

export interface VerifiedToken {
  readonly outcome: TokenOutcome & { readonly outcome: 'authenticated' };
  /** Tells whether the keys are still those by which it was verified. */
  readonly isCurrent: () => boolean;
}

/**
 * Keeps at least the `limit` most recently used tokens, and at most twice as many: two generations, so that a use is a
 * look-up and no change of order.
 */
export function createVerifiedTokens(limit: number): VerifiedTokens {
  let recent = new Map<string, VerifiedToken>();
  let earlier = new Map<string, VerifiedToken>();

  function set(hash: string, token: VerifiedToken): void {
    if (recent.size >= limit && !recent.has(hash)) {
      earlier = recent;
      recent = new Map();
    }
    recent.set(hash, token);
  }

  return {
    get(hash) {
      const token = recent.get(hash);
      if (token !== undefined) return token;
      const before = earlier.get(hash);
      if (before !== undefined) set(hash, before);
      return before;
    },
    set,
    delete(hash) {
      recent.delete(hash);
      earlier.delete(hash);
    },
  };
}
