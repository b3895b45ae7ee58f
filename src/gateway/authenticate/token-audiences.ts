import { parseCompactJWS } from '../../jwt/index.ts';
import { readRegisteredClaims } from './registered-claims.ts';

/** The `aud` of a token that has been verified before; none for a token that is no JWT. Nothing is verified here. */
export function audiencesOfVerified(token: string): readonly string[] {
  const jws = parseCompactJWS(token);
  const claims = jws === undefined ? undefined : readRegisteredClaims(jws);
  return claims === undefined || typeof claims === 'string' ? [] : claims.audiences;
}
