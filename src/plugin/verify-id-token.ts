import { constants, createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';
import { exitCode, PluginError } from './exit.ts';
import { type DecodedIdToken, decodeIdToken, type IdTokenClaims } from './id-token.ts';
import type { Jwk } from './issuer.ts';
import { oneLine } from './terminal-text.ts';

export interface IdTokenExpectations {
  readonly issuer: string;
  readonly clientId: string;
  readonly keys: readonly Jwk[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The nonce of our authorization request; left out for a refresh, which has none of its own. */
  readonly nonce?: string;
  /** The subject of the token that a refresh replaces (OpenID Connect Core §12.2). */
  readonly subject?: string;
}

interface Algorithm {
  readonly kty: string;
  readonly check: (data: Buffer, key: KeyObject, signature: Buffer) => boolean;
}

/** Asymmetric algorithms only. `none` and the HMAC family have no line here, and so no way in (RFC 8725 §3.1). */
const algorithms: ReadonlyMap<string, Algorithm> = new Map<string, Algorithm>([
  ['RS256', { kty: 'RSA', check: (data, key, signature) => verify('sha256', data, key, signature) }],
  [
    'PS256',
    {
      kty: 'RSA',
      check: (data, key, signature) =>
        verify('sha256', data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }, signature),
    },
  ],
  [
    'ES256',
    {
      kty: 'EC',
      check: (data, key, signature) => verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature),
    },
  ],
  ['EdDSA', { kty: 'OKP', check: (data, key, signature) => verify(null, data, key, signature) }],
]);

/** Checks an ID token as OpenID Connect Core §3.1.3.7 asks. Throws PluginError naming the check that failed. */
export function verifyIdToken(token: string, expected: IdTokenExpectations): IdTokenClaims {
  const decoded = decodeIdToken(token);
  if (decoded === undefined) throw rejected(expected, 'it is not a signed JWT with iss, sub, aud and exp');
  if (!hasValidSignature(decoded, expected.keys)) {
    throw rejected(
      expected,
      `its signature (${oneLine(decoded.header.alg, 20)}) does not verify with the issuer's keys`,
    );
  }
  const { claims } = decoded;
  if (claims.iss !== expected.issuer) throw rejected(expected, `its issuer is "${oneLine(claims.iss)}"`);
  if (!claims.aud.includes(expected.clientId)) {
    throw rejected(
      expected,
      `its audience is "${oneLine(claims.aud.join(' '))}", not "${expected.clientId}"`,
    );
  }
  if ((claims.azp ?? (claims.aud.length > 1 ? undefined : expected.clientId)) !== expected.clientId) {
    throw rejected(expected, 'its authorized party (azp) is another client');
  }
  if (expected.nonce !== undefined && claims.nonce !== expected.nonce) {
    throw rejected(expected, 'its nonce is not the one of this login');
  }
  if (expected.subject !== undefined && claims.sub !== expected.subject) {
    throw rejected(expected, 'it is about another user than the one who logged in');
  }
  if (claims.exp * 1000 <= expected.now) {
    const [exp, now] = [new Date(claims.exp * 1000).toISOString(), new Date(expected.now).toISOString()];
    throw rejected(expected, `it expired at ${exp} and this machine's clock says ${now}; check the clock`);
  }
  return claims;
}

function hasValidSignature(
  { header, signingInput, signature }: DecodedIdToken,
  keys: readonly Jwk[],
): boolean {
  const algorithm = algorithms.get(header.alg);
  // `crit` names extensions that must be understood; we understand none (RFC 7515 §4.1.11).
  if (algorithm === undefined || header.critical) return false;
  const data = Buffer.from(signingInput);
  return keys
    .filter((key) => key['kty'] === algorithm.kty && key['use'] !== 'enc')
    .filter((key) => key['alg'] === undefined || key['alg'] === header.alg)
    .filter((key) => header.kid === undefined || key['kid'] === header.kid)
    .some((key) => {
      try {
        const publicKey = createPublicKey({ key: key as JsonWebKey, format: 'jwk' });
        return isStrongEnough(publicKey, header.alg) && algorithm.check(data, publicKey, signature);
      } catch {
        // A key that Node.js cannot read verifies nothing.
        return false;
      }
    });
}

function isStrongEnough({ asymmetricKeyDetails, asymmetricKeyType }: KeyObject, alg: string): boolean {
  if (alg === 'ES256') return asymmetricKeyDetails?.namedCurve === 'prime256v1';
  if (alg === 'EdDSA') return asymmetricKeyType === 'ed25519';
  return (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
}

function rejected({ issuer }: IdTokenExpectations, why: string): PluginError {
  return new PluginError(exitCode.failure, `refusing the ID token of ${issuer}: ${why}`);
}
