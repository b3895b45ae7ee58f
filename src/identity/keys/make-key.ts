import { randomBytes } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { NewKey } from './key-ring.ts';

/** What ID tokens can be signed with. Kubernetes' API server takes the first two. */
export const signingAlgorithms = ['RS256', 'ES256', 'EdDSA'] as const;

export type SigningAlgorithm = (typeof signingAlgorithms)[number];

/** A new key pair; its kid is its thumbprint (RFC 7638), so that no two keys ever share one. */
export async function makeSigningKey(alg: SigningAlgorithm): Promise<NewKey> {
  const { privateKey } = await generateKeyPair(alg, {
    extractable: true,
    ...(alg === 'RS256' && { modulusLength: 2048 }),
    ...(alg === 'EdDSA' && { crv: 'Ed25519' }),
  });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, alg, jwk: { ...jwk, kid, alg, use: 'sig' } };
}

/** A new secret for MACs: 32 bytes (RFC 2104 §3). */
export async function makeSecret(): Promise<NewKey> {
  const k = randomBytes(32).toString('base64url');
  return toSecret(k);
}

export function toSecret(k: string): NewKey {
  // Not its thumbprint, which would be a hash of the secret.
  return { kid: randomBytes(9).toString('base64url'), alg: 'HS256', jwk: { kty: 'oct', k } };
}

/** Only what is named here leaves: a member unknown to this list stays private (RFC 7517 §9.3, RFC 7518 §6). */
export function publicHalf({ kty, n, e, crv, x, y, kid, alg, use }: JWK): JWK {
  return JSON.parse(JSON.stringify({ kty, n, e, crv, x, y, kid, alg, use }));
}
