/**
 * Claims that say who issued a token, for whom, when and how: no mapping may set them.
 * Sources: RFC 7519 §4.1, OpenID Connect Core §2 and §5.6.2, RFC 8693 §4, RFC 7800, Back-Channel Logout §2.4, Dex.
 */
const RESERVED: ReadonlySet<string> = new Set([
  ...['iss', 'sub', 'aud', 'exp', 'iat', 'nbf', 'jti'],
  ...['nonce', 'auth_time', 'azp', 'acr', 'amr', 'at_hash', 'c_hash', 's_hash', 'sid', 'sub_jwk'],
  ...['act', 'may_act', 'cnf', 'scope', 'client_id', 'events', 'federated_claims'],
  ...['_claim_names', '_claim_sources', '__proto__'],
]);

export function isReservedClaim(name: string): boolean {
  return RESERVED.has(name);
}
