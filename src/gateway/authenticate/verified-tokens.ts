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

/** Keeps the `limit` most recently used tokens. */
export function createVerifiedTokens(limit: number): VerifiedTokens {
  // A Map iterates in insertion order; re-inserting on use makes the first one the least recently used.
  const tokens = new Map<string, VerifiedToken>();
  return {
    get: (hash) => {
      const token = tokens.get(hash);
      if (token !== undefined) {
        tokens.delete(hash);
        tokens.set(hash, token);
      }
      return token;
    },
    set: (hash, token) => {
      tokens.delete(hash);
      tokens.set(hash, token);
      if (tokens.size > limit) {
        const oldest = tokens.keys().next();
        if (!oldest.done) tokens.delete(oldest.value);
      }
    },
    delete: (hash) => {
      tokens.delete(hash);
    },
  };
}
