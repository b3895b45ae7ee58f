import { errors, type KoaContextWithOIDC } from 'oidc-provider';

/** Algorithms of a client's assertion: none that a secret signs. */
export const assertionAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'] as const;

/** Seconds that an assertion may live. One is remembered for as long, so that it counts once. */
const longestLife = 600;

/**
 * What the provider leaves open in a client's assertion (RFC 7523 §3): it is for this issuer alone, by the issuer's name
 * and no other, so that one made for another server counts nowhere else; and it does not live for ever.
 * @throws errors.InvalidClientAuth
 */
export function checkAssertion(
  { oidc }: KoaContextWithOIDC,
  { aud, exp }: Readonly<Record<string, unknown>>,
): void {
  if (aud !== oidc.issuer) throw new errors.InvalidClientAuth('aud must be the issuer, and nothing else');
  if (typeof exp !== 'number' || exp > Date.now() / 1000 + longestLife)
    throw new errors.InvalidClientAuth('exp is too far away');
}
