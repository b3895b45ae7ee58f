import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
  Subject,
} from '../../src/rbac/index.ts';

/** `get,list pods,pods/log`, `* apps/deployments`, `get /healthz`, `get secrets#a,b` (resourceNames). */
export function rule(text: string): PolicyRule {
  const [verbs = '', target = ''] = text.split(' ');
  if (target.startsWith('/')) return { verbs: verbs.split(','), nonResourceURLs: target.split(',') };
  const [resources = '', names] = target.split('#');
  const [group, rest] = resources.startsWith('@') ? resources.slice(1).split(':') : ['', resources];
  return {
    verbs: verbs.split(','),
    apiGroups: [group ?? ''],
    resources: (rest ?? '').split(','),
    ...(names === undefined ? {} : { resourceNames: names.split(',') }),
  };
}

export function clusterRole(
  name: string,
  rules: readonly string[],
  labels: Record<string, string> = {},
): ClusterRole {
  return { kind: 'ClusterRole', metadata: { name, labels }, rules: rules.map(rule) };
}

export function aggregated(
  name: string,
  selectors: readonly Record<string, string>[],
  labels = {},
): ClusterRole {
  const clusterRoleSelectors = selectors.map((matchLabels) => ({ matchLabels }));
  return {
    kind: 'ClusterRole',
    metadata: { name, labels },
    rules: [],
    aggregationRule: { clusterRoleSelectors },
  };
}

export function role(namespace: string, name: string, rules: readonly string[]): Role {
  return { kind: 'Role', metadata: { namespace, name }, rules: rules.map(rule) };
}

/** `User jane`, `Group devs`, `ServiceAccount ci`, `ServiceAccount ns:ci`. */
function subject(text: string): Subject {
  const [kind = '', name = ''] = text.split(' ');
  const [namespace, account] = name.split(':');
  return kind === 'ServiceAccount' && account !== undefined && namespace !== undefined
    ? { kind, namespace, name: account }
    : { kind, name };
}

export function clusterRoleBinding(
  name: string,
  roleName: string,
  ...subjects: string[]
): ClusterRoleBinding {
  return {
    kind: 'ClusterRoleBinding',
    metadata: { name },
    subjects: subjects.map(subject),
    roleRef: { kind: 'ClusterRole', name: roleName },
  };
}

/** @param roleRef `Role name` or `ClusterRole name` */
export function roleBinding(
  namespace: string,
  name: string,
  roleRef: string,
  ...subjects: string[]
): RoleBinding {
  const [kind = '', roleName = ''] = roleRef.split(' ');
  return {
    kind: 'RoleBinding',
    metadata: { namespace, name },
    subjects: subjects.map(subject),
    roleRef: { kind, name: roleName },
  };
}
