import { createHmac } from 'node:crypto';
import { dateOf } from './dated-id.ts';

/** What becomes of a refresh token that is presented once more. */
export interface Successors {
  /** The one token that replaces this one. */
  of(token: string): string;
  /**
   * Milliseconds after its first use in which a token may be presented again, by an application that lost the answer;
   * 0: never. Source: Dex's `reuseInterval`; RFC 9700 §4.14.2 leaves it to us.
   */
  reuseInterval(): number;
}

/**
 * Successors are derived, not drawn: whoever presents a token again within the interval gets the same successor, on every
 * process and after a restart, and there is never a second one. Nothing has to be kept for it, not even sealed. Knowing
 * the store (which holds hashes) without the secret, or a token without the secret, tells nothing of the next one.
 */
export function createSuccessors(secret: () => string, reuseInterval: () => number): Successors {
  return {
    of: (token) => dateOf(token) + createHmac('sha256', secret()).update(token).digest('base64url'),
    reuseInterval,
  };
}
