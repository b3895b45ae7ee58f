import { constants, createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';

/**
 * The signature algorithms of RFC 7518 §3.1 that kube-apiserver accepts. Never a symmetric one
 * (a public key would become the secret), never none.
 */
export const signingAlgorithms = [
  'ES256',
  'ES384',
  'ES512',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
] as const;

export type SigningAlgorithm = (typeof signingAlgorithms)[number];

/** A public key that may verify tokens, with the algorithms it may be used for. */
export interface VerificationKey {
  readonly kid: string | undefined;
  readonly algorithms: ReadonlySet<string>;
  readonly key: KeyObject;
}

/** RFC 7517 §5. */
export interface JSONWebKeySet {
  readonly keys: readonly object[];
}

const maximumKeys = 100;
const minimumRSABits = 2048;
// Verifying takes time that grows with the key; an issuer's 16 kbit key would be felt by everybody.
const maximumRSABits = 8192;
const rsaAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const curves: Readonly<
  Record<string, { readonly algorithm: SigningAlgorithm; readonly signatureBytes: number }>
> = {
  'P-256': { algorithm: 'ES256', signatureBytes: 64 },
  'P-384': { algorithm: 'ES384', signatureBytes: 96 },
  'P-521': { algorithm: 'ES512', signatureBytes: 132 },
};
const signatureBytesOf = new Map<string, number>(
  Object.values(curves).map(({ algorithm, signatureBytes }) => [algorithm, signatureBytes]),
);
const base64url = /^[\w-]+$/;

/**
 * The usable keys of a set. An unusable one (symmetric, of unknown type, weak, malformed, for
 * encryption, with its private part published) is left out and does not spoil the others:
 * kube-apiserver refuses the whole set, which locks everybody out when an issuer adds a key of a new
 * kind. At most 100 keys are looked at.
 */
export function importVerificationKeys(set: JSONWebKeySet): readonly VerificationKey[] {
  return set.keys.slice(0, maximumKeys).flatMap((jwk) => {
    const imported = importKey(jwk as JsonWebKey);
    return imported === undefined ? [] : [imported];
  });
}

function importKey(jwk: JsonWebKey): VerificationKey | undefined {
  if (typeof jwk !== 'object' || jwk === null || 'd' in jwk) return undefined;
  const { kid, use, alg, key_ops: operations } = jwk;
  if (use !== undefined && use !== 'sig') return undefined;
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify')))
    return undefined;
  if (kid !== undefined && typeof kid !== 'string') return undefined;
  const possible = algorithmsOf(jwk);
  const algorithms = possible.filter((algorithm) => alg === undefined || alg === algorithm);
  if (algorithms.length === 0) return undefined;
  const { kty, n, e, crv, x, y } = jwk;
  const publicPart = kty === 'RSA' ? { kty, n, e } : { kty, crv, x, y };
  const numbers = kty === 'RSA' ? [n, e] : [x, y];
  // Node reads sloppy base64; a key that another implementation reads differently is not one key.
  if (!numbers.every((text) => typeof text === 'string' && base64url.test(text))) return undefined;
  let key: KeyObject;
  try {
    key = createPublicKey({ key: publicPart as JsonWebKey, format: 'jwk' });
  } catch {
    return undefined;
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? minimumRSABits;
  if (bits < minimumRSABits || bits > maximumRSABits) return undefined;
  return { kid: kid === '' ? undefined : kid, algorithms: new Set(algorithms), key };
}

function algorithmsOf({ kty, crv }: JsonWebKey): readonly string[] {
  if (kty === 'RSA') return rsaAlgorithms;
  const curve =
    kty === 'EC' && typeof crv === 'string' && Object.hasOwn(curves, crv) ? curves[crv] : undefined;
  return curve === undefined ? [] : [curve.algorithm];
}

/**
 * Whether the signature is the key's. The key must be one for the algorithm: the header alone never
 * decides how a key is used. PSS salts have the length of the hash (RFC 7518 §3.5); ECDSA signatures
 * are r and s of fixed length (§3.4), never DER.
 */
export function verifySignature(
  algorithm: SigningAlgorithm,
  { key, algorithms }: VerificationKey,
  signingInput: string,
  signature: Uint8Array,
): boolean {
  if (!algorithms.has(algorithm)) return false;
  const hash = `sha${algorithm.slice(2)}`;
  const data = Buffer.from(signingInput, 'latin1');
  if (algorithm.startsWith('ES')) {
    if (signature.length !== signatureBytesOf.get(algorithm)) return false;
    return verify(hash, data, { key, dsaEncoding: 'ieee-p1363' }, signature);
  }
  if (algorithm.startsWith('PS')) {
    const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
    return verify(hash, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }, signature);
  }
  return verify(hash, data, { key, padding: constants.RSA_PKCS1_PADDING }, signature);
}
