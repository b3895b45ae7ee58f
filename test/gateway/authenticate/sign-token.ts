import { constants, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A key pair of a test issuer. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: object;
}

export function createRSAKey(kid: string, modulusLength = 2048): SigningKey {
  const pair = generateKeyPairSync('rsa', { modulusLength });
  return { kid, ...pair, jwk: { ...pair.publicKey.export({ format: 'jwk' }), kid } };
}

export function createECKey(kid: string, namedCurve = 'P-256'): SigningKey {
  const pair = generateKeyPairSync('ec', { namedCurve });
  return { kid, ...pair, jwk: { ...pair.publicKey.export({ format: 'jwk' }), kid } };
}

export const encode = (value: object | string): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** Signs header and claims (objects or the JSON texts themselves) with the algorithm that `alg` says. */
export function signToken(
  key: SigningKey,
  claims: object | string,
  header: object | string = {},
  alg = key.privateKey.asymmetricKeyType === 'ec' ? 'ES256' : 'RS256',
): string {
  const head = typeof header === 'string' ? header : { alg, kid: key.kid, ...header };
  const input = `${encode(head)}.${encode(claims)}`;
  const padding = alg.startsWith('PS') ? constants.RSA_PKCS1_PSS_PADDING : undefined;
  const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
  const signature = sign(`sha${alg.slice(2)}`, Buffer.from(input), {
    key: key.privateKey,
    dsaEncoding: 'ieee-p1363',
    ...(padding === undefined ? {} : { padding, saltLength }),
  });
  return `${input}.${signature.toString('base64url')}`;
}

/** A token "signed" symmetrically with some text, such as a public key. */
export function signSymmetric(secret: string | Buffer, claims: object, kid: string): string {
  const input = `${encode({ alg: 'HS256', kid })}.${encode(claims)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}
