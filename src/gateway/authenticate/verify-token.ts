import {
  type CompactJWS,
  decodeBase64url,
  type JSONObject,
  type KeySource,
  type KeysAnswer,
  parseHeader,
  readMember,
  type SigningAlgorithm,
  signingAlgorithms,
  verifySignature,
} from '../../jwt/index.ts';
import type { JWTAuthenticator } from './authentication-configuration.ts';
import { claimsToUser } from './claims-to-user.ts';
import { type RegisteredClaims, readRegisteredClaims } from './registered-claims.ts';
import type { TokenOutcome } from './token-outcome.ts';

/** A configured issuer with the source of its keys. */
export interface TokenIssuer {
  readonly authenticator: JWTAuthenticator;
  readonly keys: KeySource;
  /** Default: all nine. */
  readonly signingAlgorithms?: readonly SigningAlgorithm[];
  /** For an issuer in this process: whether the session that a `sid` claim names was ended before its tokens. */
  readonly isEnded?: (sessionId: string) => boolean;
  /** The same: whether the client that a token was issued to is there no more. */
  readonly isGone?: (clientId: string) => boolean;
}

const nbfLeeway = 60_000;
// Later than any clock here will show; guards the arithmetic against 1e300.
const latestSeconds = Number.MAX_SAFE_INTEGER / 1000;
/** RFC 8725 §3.11: what is explicitly another kind of JWT (a logout token, a DPoP proof) is no login. */
const acceptedTypes = new Set(['jwt', 'at+jwt']);
const sessionId = /^[\w-]{1,64}$/;
const signatureProblem = 'failed to verify signature: failed to verify id token signature';

/** The issuer that a token says it is from, which nothing has verified yet. */
export function issuerOf(
  token: CompactJWS,
  issuers: ReadonlyMap<string, TokenIssuer>,
): TokenIssuer | undefined {
  const iss = readMember(token.claims, 'iss');
  if (typeof iss !== 'string') return undefined;
  // Google's tokens carry their issuer with or without the scheme.
  return issuers.get(iss === 'accounts.google.com' ? 'https://accounts.google.com' : iss);
}

/**
 * Verifies a token against the issuer it names, in kube-apiserver's order: header, claim types,
 * distributed claim references, single audience, exp (no leeway), nbf (60 s), algorithm, crit and
 * signature, several audiences, then the mapping to a user. Sources: §3 of RFC 7515, go-oidc
 * verify.go, apiserver plugin/pkg/authenticator/token/oidc/oidc.go. `now` in milliseconds.
 * A promise only when keys have to be fetched.
 */
export function verifyToken(
  jws: CompactJWS,
  issuer: TokenIssuer,
  now: number,
): TokenOutcome | Promise<TokenOutcome> {
  const header = parseHeader(jws.header);
  if (typeof header === 'string') return refusedToken(`oidc: malformed jwt: ${header}`);
  const kid = readMember(header, 'kid') ?? undefined;
  const alg = readMember(header, 'alg') ?? '';
  if (kid !== undefined && typeof kid !== 'string')
    return refusedToken('oidc: malformed jwt: failed to unmarshal key ID');
  if (typeof alg !== 'string') return refusedToken('oidc: malformed jwt: failed to unmarshal algorithm');
  const signature = decodeBase64url(jws.signature);
  if (signature === undefined) return refusedToken('oidc: malformed jwt: illegal base64 data');
  const registered = readRegisteredClaims(jws);
  if (typeof registered === 'string') return refusedToken(registered);
  const problem =
    audienceProblem(registered.audiences, issuer, 'before the signature') ??
    timeProblem(registered, now) ??
    algorithmProblem(alg, issuer) ??
    headerProblem(header);
  if (problem !== undefined) return refusedToken(problem);

  const wanted = kid === '' ? undefined : kid;
  const check = (keys: KeysAnswer): boolean =>
    (keys ?? []).some((key) => verifySignature(alg as SigningAlgorithm, key, jws.signingInput, signature));
  const finish = (keys: KeysAnswer, verified: boolean): TokenOutcome => {
    if (keys === undefined) return { outcome: 'refused', reason: 'oidc: authenticator not initialized' };
    return verified ? accept(jws.claims, registered, issuer) : refusedToken(signatureProblem);
  };
  const attempt = (keys: KeysAnswer): TokenOutcome | Promise<TokenOutcome> => {
    if (check(keys)) return finish(keys, true);
    // The issuer may have a new key, or a new one under an old kid.
    const refetched = issuer.keys.refetchedKeysFor(wanted);
    return refetched === undefined
      ? finish(keys, false)
      : refetched.then((latest) => finish(latest, check(latest)));
  };
  const keys = issuer.keys.keysFor(wanted);
  return keys instanceof Promise ? keys.then((answer) => finish(answer, check(answer))) : attempt(keys);
}

function accept(claims: JSONObject, registered: RegisteredClaims, issuer: TokenIssuer): TokenOutcome {
  const problem = audienceProblem(registered.audiences, issuer, 'after the signature');
  if (problem !== undefined) return refusedToken(problem);
  const user = claimsToUser(claims, issuer.authenticator);
  if (typeof user === 'string') return { outcome: 'refused', reason: user };
  const sid = sessionOf(claims, issuer);
  const hasEnded = untimelyEnd(sid, clientOf(claims, registered), issuer);
  if (hasEnded?.() === true)
    return { outcome: 'refused', reason: 'the session has ended, or its client is gone' };
  return {
    outcome: 'authenticated',
    user,
    expiresAt: (registered.exp ?? 0) * 1000,
    hasEnded,
    sid: written(sid),
  };
}

function sessionOf(claims: JSONObject, { isEnded }: TokenIssuer): string | undefined {
  const sid = isEnded === undefined ? undefined : readMember(claims, 'sid');
  return typeof sid === 'string' ? sid : undefined;
}

/** The client that a token was issued to (OpenID Connect Core §2); undefined when it does not say. */
function clientOf(claims: JSONObject, { audiences }: RegisteredClaims): string | undefined {
  const party = readMember(claims, 'azp') ?? readMember(claims, 'client_id') ?? audiences[0];
  return typeof party === 'string' ? party : undefined;
}

/** Tells whether a token has ended before its time: with its session, or with its client. */
function untimelyEnd(
  sid: string | undefined,
  client: string | undefined,
  { isEnded, isGone }: TokenIssuer,
): (() => boolean) | undefined {
  const session = isEnded === undefined || sid === undefined ? undefined : () => isEnded(sid);
  if (isGone === undefined || client === undefined) return session;
  return () => isGone(client) || session?.() === true;
}

/** For the audit trail, which gets nothing there that is no hash. */
function written(sid: string | undefined): string | undefined {
  return sid !== undefined && sessionId.test(sid) ? sid : undefined;
}

/** One audience is checked before the signature and several after it; only the error texts show it. */
function audienceProblem(
  found: readonly string[],
  { authenticator }: TokenIssuer,
  stage: 'before the signature' | 'after the signature',
): string | undefined {
  const { audiences } = authenticator.issuer;
  if ((audiences.length === 1) !== (stage === 'before the signature')) return undefined;
  if (found.some((audience) => audiences.includes(audience))) return undefined;
  const expected =
    audiences.length === 1
      ? `audience ${quote(audiences[0] ?? '')}`
      : `audience in ${quoteAll([...audiences].sort())}`;
  return `oidc: expected ${expected} got ${quoteAll(found)}`;
}

function timeProblem({ exp, nbf }: RegisteredClaims, now: number): string | undefined {
  if (exp === undefined || exp > latestSeconds || now >= exp * 1000) {
    return `oidc: token is expired (Token Expiry: ${goTime(exp)})`;
  }
  if (nbf !== undefined && nbf * 1000 > now + nbfLeeway) {
    return `oidc: current time ${goTime(now / 1000)} before the nbf (not before) time: ${goTime(nbf)}`;
  }
  return undefined;
}

function algorithmProblem(alg: string, issuer: TokenIssuer): string | undefined {
  const allowed: readonly string[] = issuer.signingAlgorithms ?? signingAlgorithms;
  if (allowed.includes(alg)) return undefined;
  return `oidc: id token signed with unsupported algorithm, expected ${quoteAll(allowed)} got ${quote(alg)}`;
}

function headerProblem(header: JSONObject): string | undefined {
  // RFC 7515 §4.1.11: an extension that is not understood makes the token invalid; none is understood.
  if (readMember(header, 'crit') !== undefined) return signatureProblem;
  if ((readMember(header, 'b64') ?? true) !== true) return signatureProblem;
  const typ = readMember(header, 'typ') ?? 'JWT';
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : '';
  return acceptedTypes.has(type) ? undefined : 'oidc: the token is of another type (typ)';
}

function refusedToken(problem: string): TokenOutcome {
  return { outcome: 'refused', reason: `oidc: verify token: ${problem}` };
}

function quote(text: string): string {
  return JSON.stringify(text);
}

function quoteAll(texts: readonly string[]): string {
  return `[${texts.map(quote).join(' ')}]`;
}

/** As Go prints a time; the year 1 stands for none. */
function goTime(seconds: number | undefined): string {
  if (seconds === undefined) return '0001-01-01 00:00:00 +0000 UTC';
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return String(seconds);
  return `${date.toISOString().slice(0, -5).replace('T', ' ')} +0000 UTC`;
}
