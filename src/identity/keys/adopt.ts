import type { JWK } from 'jose';
import { emptyRing, type KeyPolicy, type KeyRing, type NewKey } from './key-ring.ts';
import { toSecret } from './make-key.ts';

/** The first release kept a list of keys, or of secrets, or one secret; the first of them signed. */
export function adoptFirstRelease(kept: unknown, now: number, { longest }: KeyPolicy): KeyRing {
  const [first] = Array.isArray(kept) ? kept : [kept];
  const key = typeof first === 'string' ? toSecret(first) : toNewKey(first);
  return key === undefined ? emptyRing : { keys: [{ ...key, state: 'signing', since: now, longest }] };
}

function toNewKey(jwk: JWK | undefined): NewKey | undefined {
  const { kid, alg } = jwk ?? {};
  return jwk === undefined || kid === undefined || alg === undefined ? undefined : { kid, alg, jwk };
}
