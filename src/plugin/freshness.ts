import type { Credentials } from './credential-cache.ts';
import { expiryLeeway } from './exec-credential.ts';

/**
 * Renewed when less than this remains, in seconds. More than the leeway: were it equal, kubectl could be handed a token
 * that it must consider expired at once, and would run us again at every request.
 */
const renewalMargin = 2 * expiryLeeway;

/** Seconds until kubectl must stop using the token; not positive for dead or absent credentials. */
export function remainingSeconds(credentials: Credentials | undefined, now: number): number {
  if (credentials === undefined || credentials.endedBecause !== undefined) return 0;
  return credentials.expiresAt - expiryLeeway - now / 1000;
}

/** Whether the credentials can be handed out without a renewal. */
export function isFresh(credentials: Credentials | undefined, now: number): credentials is Credentials {
  return remainingSeconds(credentials, now) >= renewalMargin - expiryLeeway;
}
