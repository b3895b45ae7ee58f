/**
 * Dex rotates every 6 h. A day is as long as an ID token lives by default, so that the key set stays small: one key that
 * signs, one to come, one that verifies what is still alive.
 */
export const defaultRotationPeriod = 24 * 60 * 60_000;

/** What verifiers are told to keep the key set for (`Cache-Control: max-age`). */
export const keySetMaxAge = 10 * 60_000;

/** What clocks, and replicas that follow the store, may be late. */
export const skew = 60_000;

/**
 * How long a key is published before it signs: whoever fetched the key set a moment before has fetched it again by then.
 * `max-age` is told the truth by this one line.
 */
export const publishedFor = keySetMaxAge + skew;

/** Cookie and form secrets need no verifier's cache, only that every replica has them. */
export const secretsRotationPeriod = 30 * 24 * 60 * 60_000;

/** How often the leader looks whether something is due. */
export const lookEvery = 30_000;
