/** The claims that each scope asks for (OpenID Connect Core §5.4; `groups` and `federated:id` as in Dex). */
export const scopeClaims: Readonly<Record<string, readonly string[]>> = {
  email: ['email', 'email_verified'],
  profile: ['name', 'preferred_username'],
  groups: ['groups'],
  'federated:id': ['federated_claims'],
};

/** What this product's own clients get whatever they ask for: kubectl's login plugins may ask for `openid` alone. */
export const firstPartyScopes: ReadonlySet<string> = new Set(['email', 'profile', 'groups']);
