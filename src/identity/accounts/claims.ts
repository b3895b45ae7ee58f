import type { Account } from './accounts.ts';

/** The claims that each scope asks for (OpenID Connect Core §5.4; `groups` as in Dex). */
export const scopeClaims: Readonly<Record<string, readonly string[]>> = {
  email: ['email', 'email_verified'],
  profile: ['name', 'preferred_username'],
  groups: ['groups'],
};

/** What the scopes let a client know about an account. `sub` is always among it. */
export function claimsOf(
  account: Account,
  scopes: ReadonlySet<string>,
): { sub: string; [claim: string]: unknown } {
  const all: Record<string, unknown> = {
    email: account.email,
    email_verified: account.emailVerified,
    name: account.name,
    preferred_username: account.preferredUsername,
    groups: account.groups,
  };
  const granted = Object.entries(scopeClaims).flatMap(([scope, claims]) => (scopes.has(scope) ? claims : []));
  return { ...Object.fromEntries(granted.map((claim) => [claim, all[claim]])), sub: account.id };
}
