import type { KubeObject } from '../../cluster/index.ts';
import type { Writing } from '../kind.ts';
import type { Memberships } from '../memberships.ts';
import { part, textsOf } from './read.ts';

/** By which claims a cluster may know a person. */
const naming = new Set(['email', 'email_verified', 'name', 'preferred_username']);

/**
 * What tokens of a client say can make members of groups, and other people, of whoever gets them: who says it must be one who may
 * give that by hand.
 * @throws StatusError 403 with what the caller may not give
 */
export async function confirmMayEmpower(
  memberships: Memberships,
  wanted: KubeObject,
  current: KubeObject | undefined,
  writing: Writing,
): Promise<void> {
  const about = { resource: 'oauthclients', name: wanted.metadata.name ?? '' };
  const isNew = (field: string) =>
    !isSame(part(wanted, 'spec')[field], current && part(current, 'spec')[field]);
  // Who gives it other keys can be the client.
  if (isNew('clientCredentialsClaims') || isNew('jwks'))
    await memberships.confirmMayGive(ownGroups(wanted), about, writing);
  if (!isNew('claimMappings')) return;
  const mapped = mappedClaims(wanted);
  if (mapped.includes('groups')) await memberships.confirmMayGiveAny('groups', about, writing);
  if (mapped.some((claim) => naming.has(claim))) await memberships.confirmMayGiveAny('users', about, writing);
}

/** Whoever gets another secret of the client can be it. @throws StatusError 403 */
export async function confirmMayBeClient(
  memberships: Memberships,
  client: KubeObject,
  writing: Writing,
): Promise<void> {
  const about = { resource: 'oauthclients', name: client.metadata.name ?? '' };
  await memberships.confirmMayGive(ownGroups(client), about, writing);
}

/** Of the client itself. */
function ownGroups(client: KubeObject): readonly string[] {
  const claims = part(client, 'spec')['clientCredentialsClaims'];
  return typeof claims === 'object' && claims !== null ? textsOf({ ...claims }, 'groups') : [];
}

function mappedClaims(client: KubeObject): readonly string[] {
  const mappings = part(client, 'spec')['claimMappings'];
  return (Array.isArray(mappings) ? mappings : []).map((mapping) => String(mapping?.claim));
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}
