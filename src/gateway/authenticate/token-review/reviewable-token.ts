import { parseCompactJWS } from '../../../jwt/index.ts';
import { readRegisteredClaims } from '../registered-claims.ts';

/** A token that the API server may be asked about. */
export interface ReviewableToken {
  /** Milliseconds since 1970 at which it says that it expires; Infinity when it does not say. */
  readonly expiresAt: number;
}

/** RFC 6750 §2.1 has fewer characters; others than these would not reach the API server as they were sent. */
const VISIBLE = /^[\x21-\x7e]+$/;

/**
 * Whether a token that is of no configured issuer may be shown to the API server, which may know that issuer's rules or
 * others. It must be certain whose it is: a JWT that cannot be read strictly, or that names its issuer twice or in
 * another spelling, could be a configured issuer's to a more lenient reader, and the rules that are configured for that
 * issuer here would be evaded. Such a token is not shown, and neither is one with bytes that JSON would change.
 */
export function readReviewable(token: string): ReviewableToken | undefined {
  if (!VISIBLE.test(token)) return undefined;
  // Opaque: a JWS has three parts (RFC 7515 §3.1).
  if (token.split('.', 4).length !== 3) return { expiresAt: Number.POSITIVE_INFINITY };
  const jws = parseCompactJWS(token);
  if (jws === undefined) return undefined;
  const registered = readRegisteredClaims(jws);
  if (typeof registered === 'string') return undefined;
  const { exp = Number.POSITIVE_INFINITY } = registered;
  return { expiresAt: exp * 1000 };
}
