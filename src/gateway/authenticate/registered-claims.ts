import {
  type CompactJWS,
  duplicateMember,
  isObject,
  type JSONObject,
  jsonTypeOf,
  readMember,
} from '../../jwt/index.ts';

/** The claims that verification itself looks at, with their types checked. */
export interface RegisteredClaims {
  readonly audiences: readonly string[];
  /** Seconds since 1970, whole; undefined when absent. */
  readonly exp: number | undefined;
  /** Seconds since 1970, whole; undefined when absent. */
  readonly nbf: number | undefined;
}

// The members of go-oidc's idToken struct: those that Go matches in any spelling.
const registeredNames = new Set([
  'iss',
  'sub',
  'aud',
  'exp',
  'nbf',
  'iat',
  'nonce',
  'at_hash',
  '_claim_names',
  '_claim_sources',
]);

/**
 * Reads the registered claims; a string is the refusal. Types are checked whatever the configuration
 * maps, as kube-apiserver does (go-oidc's idToken struct). Stricter: times are JSON numbers only, no
 * member occurs twice, and no member is a registered name in another spelling (Go reads EXP or AUD as
 * exp and aud, most other readers do not: such a token means two things).
 */
export function readRegisteredClaims({ claims, claimsText }: CompactJWS): RegisteredClaims | string {
  const twice = duplicateMember(claimsText);
  if (twice !== undefined) return `oidc: malformed jwt: json: duplicate key '${twice}' in object`;
  for (const name of Object.keys(claims)) {
    // Both directions: the long s folds to S, the Kelvin sign to k.
    const folded = name.toUpperCase().toLowerCase();
    if (folded !== name && registeredNames.has(folded)) {
      return `oidc: malformed jwt: member ${JSON.stringify(name)} looks like ${folded}`;
    }
  }
  return (
    typeProblem(claims) ??
    danglingSource(claims) ?? {
      audiences: audiencesOf(readMember(claims, 'aud')),
      exp: secondsOf(readMember(claims, 'exp')),
      nbf: secondsOf(readMember(claims, 'nbf')),
    }
  );
}

function typeProblem(claims: JSONObject): string | undefined {
  for (const name of ['sub', 'nonce', 'at_hash']) {
    const value = readMember(claims, name);
    if (value !== undefined && value !== null && typeof value !== 'string')
      return wrongType(value, name, 'string');
  }
  for (const name of ['exp', 'iat', 'nbf']) {
    const value = readMember(claims, name);
    if (value === undefined || (name === 'nbf' && value === null)) continue;
    if (typeof value !== 'number') return wrongType(value, name, 'json.Number');
  }
  const aud = readMember(claims, 'aud');
  if (Array.isArray(aud)) {
    const wrong = aud.find((item) => item !== null && typeof item !== 'string');
    if (wrong !== undefined) return wrongType(wrong, 'aud', 'string');
  } else if (aud !== undefined && aud !== null && typeof aud !== 'string') {
    return wrongType(aud, 'aud', '[]string');
  }
  const names = readMember(claims, '_claim_names');
  if (names !== undefined && names !== null && !isObject(names)) {
    return wrongType(names, '_claim_names', 'map[string]string');
  }
  const sources = readMember(claims, '_claim_sources');
  if (sources !== undefined && sources !== null && !isObject(sources)) {
    return wrongType(sources, '_claim_sources', 'map[string]oidc.claimSource');
  }
  return undefined;
}

/** OpenID Connect Core §5.6.2: every referenced source must be there, whether the claim is used or not. */
function danglingSource(claims: JSONObject): string | undefined {
  const names = readMember(claims, '_claim_names');
  const sources = readMember(claims, '_claim_sources');
  if (!isObject(names)) return undefined;
  for (const source of Object.values(names)) {
    if (typeof source !== 'string') return wrongType(source, '_claim_names', 'string');
    const found = isObject(sources) ? readMember(sources, source) : undefined;
    if (found === undefined) return 'oidc: source does not exist';
    if (!isObject(found)) return wrongType(found, '_claim_sources', 'oidc.claimSource');
  }
  return undefined;
}

function wrongType(value: unknown, name: string, goType: string): string {
  const found = jsonTypeOf(value);
  return `oidc: failed to unmarshal claims: json: cannot unmarshal ${found} into Go struct field idToken.${name} of type ${goType}`;
}

function audiencesOf(aud: unknown): readonly string[] {
  if (aud === undefined) return [];
  return (Array.isArray(aud) ? aud : [aud]).map((item) => (typeof item === 'string' ? item : ''));
}

function secondsOf(value: unknown): number | undefined {
  return typeof value === 'number' ? Math.trunc(value) : undefined;
}
