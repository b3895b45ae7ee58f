import { createHash } from 'node:crypto';
import {
  type PolicyObject,
  type PolicyRule,
  RBAC_API_VERSION,
  RBAC_GROUP,
  type Subject,
} from '../../model.ts';
import { textOrder } from '../principal.ts';
import { mergeRules } from './merge-rules.ts';
import { getOrAdd, type NeedsTable } from './needs-table.ts';
import { parseServiceAccount } from './service-account.ts';

/** One set of rules, and who needs it where. */
interface Sharing {
  readonly key: string;
  readonly rules: readonly PolicyRule[];
  /** User names by namespace; '' for cluster-wide. */
  readonly users: Map<string, Set<string>>;
}

/** Roles and bindings for the needs. Whoever needs the same shares a role, in one namespace or in many. */
export function policyOfNeeds(table: NeedsTable, maxNames: number, namePrefix: string): PolicyObject[] {
  const shared = new Map<string, Sharing>();
  for (const [username, scopes] of table) {
    for (const [namespace, needs] of scopes) {
      const rules = mergeRules(needs, namespace === '' ? undefined : scopes.get(''), maxNames);
      if (rules.length > 0) {
        const key = JSON.stringify(rules);
        const sharing = getOrAdd(shared, key, () => ({ key, rules, users: new Map() }));
        getOrAdd(sharing.users, namespace, () => new Set()).add(username);
      }
    }
  }
  return [...shared.values()].flatMap((sharing) => objectsOf(sharing, namePrefix)).sort(compareObjects);
}

function objectsOf({ key, rules, users }: Sharing, namePrefix: string): PolicyObject[] {
  const [only] = users.size === 1 ? users.keys() : [];
  const home = only === undefined || only === '' ? undefined : only;
  const name = `${namePrefix}-${slugOf(users)}-${createHash('sha256').update(key).digest('hex').slice(0, 12)}`;
  const role: PolicyObject =
    home === undefined
      ? { apiVersion: RBAC_API_VERSION, kind: 'ClusterRole', metadata: { name }, rules }
      : { apiVersion: RBAC_API_VERSION, kind: 'Role', metadata: { name, namespace: home }, rules };
  const roleRef = { apiGroup: RBAC_GROUP, kind: role.kind, name };
  const bindings = [...users].map(([namespace, names]): PolicyObject => {
    const subjects = [...names].sort().map(subjectOf);
    return namespace === ''
      ? { apiVersion: RBAC_API_VERSION, kind: 'ClusterRoleBinding', metadata: { name }, subjects, roleRef }
      : {
          apiVersion: RBAC_API_VERSION,
          kind: 'RoleBinding',
          metadata: { name, namespace },
          subjects,
          roleRef,
        };
  });
  return [role, ...bindings];
}

function subjectOf(username: string): Subject {
  const account = parseServiceAccount(username);
  return account === undefined
    ? { kind: 'User', apiGroup: RBAC_GROUP, name: username }
    : { kind: 'ServiceAccount', name: account.name, namespace: account.namespace };
}

/** A word for people to recognize the role by; the hash behind it makes the name unique. */
function slugOf(users: ReadonlyMap<string, ReadonlySet<string>>): string {
  const names = new Set([...users.values()].flatMap((some) => [...some]));
  const [only = ''] = names.size === 1 ? names : ['shared'];
  const slug = only
    .replace(/^system:serviceaccount:/, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-|-$/g, '');
  return slug === '' ? 'user' : slug;
}

const KIND_ORDER = ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'];

function compareObjects(a: PolicyObject, b: PolicyObject): number {
  const [first, second] = [a, b].map(({ metadata }) => `${metadata.namespace ?? ''}\n${metadata.name ?? ''}`);
  return KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) || textOrder(first ?? '', second ?? '');
}
