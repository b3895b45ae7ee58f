import type { ClientClaims } from './client-claims.ts';

type Claims = Readonly<Record<string, unknown>>;

const asked: ReadonlySet<string> = new Set(['groups']);

/**
 * Claims in which `groups` names only those that each of the others is told of, too. A token that comes by way of one client and
 * is for another must not name a group there which that one's own tokens never name.
 */
export function commonGroups(claims: Claims, others: readonly Pick<ClientClaims, 'within'>[]): Claims {
  const { groups } = claims;
  if (!Array.isArray(groups) || others.length === 0) return claims;
  const told = others.map((other) => groupsOf(other.within(asked)));
  return { ...claims, groups: groups.filter((group) => told.every((names) => names.has(group))) };
}

function groupsOf({ groups }: Claims): ReadonlySet<unknown> {
  return new Set(Array.isArray(groups) ? groups : []);
}
