import type { Authority } from '../access-requests/index.ts';
import { resourceAttributes } from '../kube/index.ts';
import { type Policy, RBAC_GROUP } from '../rbac/index.ts';

/** Kubernetes' own for people, which are in every cluster: no secret. */
const KNOWN = ['view', 'edit', 'admin'];
const MOST_OFFERED = 500;

/**
 * The roles that somebody can choose from when they ask for access: all those that they may list, but for the ones of the
 * system; else the ones that everybody knows.
 * @param policy undefined: nobody here knows which roles there are
 */
export async function offeredRoles(policy: Policy | undefined, authority: Authority): Promise<string[]> {
  if (policy === undefined) return KNOWN;
  const { user, decide } = authority;
  const mayList = async (resource: string) =>
    (await decide(resourceAttributes({ user, verb: 'list', apiGroup: RBAC_GROUP, resource }))).decision ===
    'allow';
  const [clusterRoles, roles] = [await mayList('clusterroles'), await mayList('roles')];
  const offered = new Set(KNOWN);
  for (const { kind, name } of policy.view().roles()) {
    if (offered.size === MOST_OFFERED) break;
    if (/^(?:system|sallyport):/.test(name)) continue;
    if (kind === 'ClusterRole' ? clusterRoles : roles) offered.add(kind === 'Role' ? `Role/${name}` : name);
  }
  return [...offered];
}
