/** The claims that we read (OpenID Connect Core §2, §5.1; `groups` is the Kubernetes world's convention). */
export interface IdTokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: readonly string[];
  /** Seconds since the epoch. */
  readonly exp: number;
  readonly nonce?: string;
  readonly azp?: string;
  readonly email?: string;
  readonly username: string;
  readonly groups: readonly string[];
}

export interface DecodedIdToken {
  readonly header: { readonly alg: string; readonly kid?: string; readonly critical: boolean };
  readonly claims: IdTokenClaims;
  readonly signingInput: string;
  readonly signature: Buffer;
}

/** Takes a compact JWS apart without judging it; undefined when it is not an ID token at all. */
export function decodeIdToken(token: string): DecodedIdToken | undefined {
  const parts = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(token);
  if (parts === null) return undefined;
  const [, encodedHeader = '', encodedPayload = '', encodedSignature = ''] = parts;
  const header = decodePart(encodedHeader);
  const claims = readClaims(decodePart(encodedPayload));
  const { alg, kid } = header ?? {};
  if (claims === undefined || typeof alg !== 'string') return undefined;
  return {
    header: { alg, critical: header?.['crit'] !== undefined, ...(typeof kid === 'string' ? { kid } : {}) },
    claims,
    signingInput: `${encodedHeader}.${encodedPayload}`,
    signature: Buffer.from(encodedSignature, 'base64url'),
  };
}

function decodePart(encoded: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function readClaims(payload: Readonly<Record<string, unknown>> | undefined): IdTokenClaims | undefined {
  if (payload === undefined) return undefined;
  const { iss, sub, aud, exp, nonce, azp, email, preferred_username: preferred, groups } = payload;
  const audiences = strings(typeof aud === 'string' ? [aud] : aud);
  if (typeof iss !== 'string' || typeof sub !== 'string' || audiences.length === 0) return undefined;
  if (typeof exp !== 'number' || !Number.isFinite(exp)) return undefined;
  return {
    iss,
    sub,
    aud: audiences,
    exp: Math.floor(exp),
    ...(typeof nonce === 'string' ? { nonce } : {}),
    ...(typeof azp === 'string' ? { azp } : {}),
    ...(typeof email === 'string' ? { email } : {}),
    // A name for messages only: which claim the API server takes is its own configuration.
    username: [preferred, email, sub].find((name) => typeof name === 'string' && name !== '') as string,
    groups: strings(groups),
  };
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
}
