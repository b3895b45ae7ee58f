import {
  type CompactJWS,
  decodeBase64url,
  duplicateMember,
  type KeySource,
  type KeysAnswer,
  parseCompactJWS,
  parseHeader,
  readMember,
  type SigningAlgorithm,
  signingAlgorithms,
  verifySignature,
} from '../../jwt/index.ts';

/** What an assertion of another issuer must be. */
export interface Expected {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
}

/** What an assertion says that its signature has proven. */
export interface Proven {
  readonly jti: string | undefined;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  /** Seconds from when it was issued, as far as it says so, to when it ends. */
  readonly life: number;
  /** Of a Kubernetes service account. */
  readonly ofKubernetes: boolean;
}

/** Seconds that the issuer's clock may be ahead of ours. */
const skew = 60;

/** RFC 8725 §3.11: what says that it is another kind of JWT (an access token, a logout token) is no assertion. */
const types = new Set(['jwt', 'client-authentication+jwt']);

/** Whom an assertion says that it is of, which nothing has verified yet. */
export function readParty(
  assertion: string,
): { readonly issuer: string; readonly subject: string } | undefined {
  const claims = parseCompactJWS(assertion)?.claims ?? {};
  const [issuer, subject] = [readMember(claims, 'iss'), readMember(claims, 'sub')];
  return typeof issuer === 'string' && typeof subject === 'string' ? { issuer, subject } : undefined;
}

/**
 * Verifies an assertion (RFC 7523 §3): issuer, subject and the only audience exactly as expected, not ended, signed by a key of
 * the issuer by an asymmetric algorithm. Keys are asked for last.
 * @param now seconds since the epoch
 * @returns what it says, or what is wrong with it
 */
export async function verifyAssertion(
  assertion: string,
  expected: Expected,
  keys: KeySource,
  now: number,
): Promise<Proven | string> {
  const jws = parseCompactJWS(assertion);
  if (jws === undefined) return 'it is no JWT';
  const header = readHeader(jws);
  if (typeof header === 'string') return header;
  const problem = claimsProblem(jws, expected, now);
  if (problem !== undefined) return problem;
  if (!(await isSigned(jws, header, keys))) return 'no key of the issuer has signed it';
  return provenBy(jws, now);
}

interface Header {
  readonly alg: SigningAlgorithm;
  readonly kid: string | undefined;
}

function readHeader(jws: CompactJWS): Header | string {
  const header = parseHeader(jws.header);
  if (typeof header === 'string') return header;
  const given = readMember(header, 'alg');
  const alg = signingAlgorithms.find((one) => one === given);
  if (alg === undefined) return `alg must be one of ${signingAlgorithms.join(', ')}`;
  const kid = readMember(header, 'kid');
  if (kid !== undefined && typeof kid !== 'string') return 'kid is no text';
  const typ = readMember(header, 'typ') ?? 'JWT';
  if (typeof typ !== 'string' || !types.has(typ.toLowerCase().replace(/^application\//, '')))
    return 'it is of another type';
  // RFC 7515 §4.1.11: nothing of it is understood here.
  if (readMember(header, 'crit') !== undefined) return 'its header has crit';
  return { alg, kid: kid === '' ? undefined : kid };
}

function claimsProblem(
  { claims, claimsText }: CompactJWS,
  expected: Expected,
  now: number,
): string | undefined {
  if (duplicateMember(claimsText) !== undefined) return 'it has a claim twice';
  if (readMember(claims, 'iss') !== expected.issuer) return 'it is of another issuer';
  if (readMember(claims, 'sub') !== expected.subject) return 'it is of another subject';
  const aud = readMember(claims, 'aud');
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  // For several, any of them could bring it here in the client's name.
  if (audiences.length !== 1 || audiences[0] !== expected.audience)
    return `aud must be ${expected.audience}, and nothing else`;
  const exp = readMember(claims, 'exp');
  if (typeof exp !== 'number' || !Number.isSafeInteger(Math.ceil(exp))) return 'exp is missing';
  if (exp <= now) return 'it has expired';
  for (const name of ['nbf', 'iat']) {
    const time = readMember(claims, name);
    if (time !== undefined && typeof time !== 'number') return `${name} is no number`;
    if (time !== undefined && time > now + skew) return `${name} is yet to come`;
  }
  const jti = readMember(claims, 'jti');
  return jti === undefined || typeof jti === 'string' ? undefined : 'jti is no text';
}

async function isSigned(jws: CompactJWS, { alg, kid }: Header, source: KeySource): Promise<boolean> {
  const signature = decodeBase64url(jws.signature);
  if (signature === undefined) return false;
  const fits = (keys: KeysAnswer) =>
    keys?.some((key) => verifySignature(alg, key, jws.signingInput, signature)) === true;
  if (fits(await source.keysFor(kid))) return true;
  // The issuer may have a new key, or a new one under an old kid.
  return fits(await source.refetchedKeysFor(kid));
}

function provenBy({ claims }: CompactJWS, now: number): Proven {
  const [exp, iat, jti] = ['exp', 'iat', 'jti'].map((name) => readMember(claims, name));
  const expiresAt = typeof exp === 'number' ? exp : now;
  return {
    jti: typeof jti === 'string' && jti !== '' ? jti : undefined,
    expiresAt,
    life: expiresAt - (typeof iat === 'number' ? iat : now),
    ofKubernetes: typeof readMember(claims, 'kubernetes.io') === 'object',
  };
}
