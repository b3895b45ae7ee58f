import type { Attributes, UserInfo } from '../../src/kube/index.ts';
import type {
  ClusterRoleBinding,
  PolicyObject,
  PolicyRule,
  RoleBinding,
  Subject,
} from '../../src/rbac/index.ts';

/**
 * RBAC as Kubernetes evaluates it, written a second time and as plainly as can be: every ClusterRoleBinding, then every
 * RoleBinding of the namespace, subject by subject, rule by rule. Reads stored rules only (no aggregation), one source.
 */
export interface LinearEvaluator {
  decide(attributes: Attributes): boolean;
  /** Every reason that Kubernetes could give, whatever order its caches are in. */
  explain(attributes: Attributes): { allowed: boolean; reasons: Set<string>; errors: Set<string> };
}

type Binding = RoleBinding | ClusterRoleBinding;

export function createLinearEvaluator(objects: readonly PolicyObject[]): LinearEvaluator {
  const roles = new Map<string, readonly PolicyRule[]>();
  const clusterBindings: Binding[] = [];
  const byNamespace = new Map<string, Binding[]>();
  for (const object of objects) {
    const { name = '', namespace = '' } = object.metadata;
    if (object.kind === 'Role') roles.set(`Role ${namespace} ${name}`, object.rules ?? []);
    if (object.kind === 'ClusterRole') roles.set(`ClusterRole  ${name}`, object.rules ?? []);
    if (object.kind === 'ClusterRoleBinding') clusterBindings.push(object);
    if (object.kind === 'RoleBinding')
      byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), object]);
  }

  function rulesOf({ roleRef }: Binding, namespace: string): readonly PolicyRule[] | undefined {
    return roles.get(`${roleRef.kind} ${roleRef.kind === 'Role' ? namespace : ''} ${roleRef.name}`);
  }

  function* scopes(attributes: Attributes): Generator<[Binding[], string]> {
    yield [clusterBindings, ''];
    const namespace = attributes.isResourceRequest ? attributes.namespace : '';
    if (namespace !== '') yield [byNamespace.get(namespace) ?? [], namespace];
  }

  return {
    decide(attributes) {
      if (attributes.user.groups.includes('system:masters')) return true;
      for (const [bindings, namespace] of scopes(attributes)) {
        for (const binding of bindings) {
          if (
            binding.subjects?.some((subject) => isSubject(subject, attributes.user, namespace)) &&
            rulesOf(binding, namespace)?.some((rule) => ruleAllows(rule, attributes))
          ) {
            return true;
          }
        }
      }
      return false;
    },

    explain(attributes) {
      const errors = new Set<string>();
      if (attributes.user.groups.includes('system:masters')) {
        return { allowed: true, reasons: new Set(['']), errors };
      }
      for (const [bindings, namespace] of scopes(attributes)) {
        const reasons = new Set<string>();
        for (const binding of bindings) {
          const subject = binding.subjects?.find((candidate) =>
            isSubject(candidate, attributes.user, namespace),
          );
          const rules = rulesOf(binding, namespace);
          if (subject !== undefined && rules === undefined) errors.add(missing(binding));
          if (subject !== undefined && rules?.some((rule) => ruleAllows(rule, attributes))) {
            reasons.add(reason(binding, subject, namespace));
          }
        }
        if (reasons.size > 0) return { allowed: true, reasons, errors };
      }
      return { allowed: false, reasons: new Set(), errors };
    },
  };
}

function isSubject(subject: Subject, user: UserInfo, namespace: string): boolean {
  switch (subject.kind) {
    case 'User':
      return subject.name === user.username;
    case 'Group':
      return user.groups.includes(subject.name);
    case 'ServiceAccount': {
      const home = subject.namespace ? subject.namespace : namespace;
      return home !== '' && user.username === `system:serviceaccount:${home}:${subject.name}`;
    }
    default:
      return false;
  }
}

function ruleAllows(rule: PolicyRule, asked: Attributes): boolean {
  const verbs = rule.verbs ?? [];
  if (!verbs.includes('*') && !verbs.includes(asked.verb)) return false;
  if (!asked.isResourceRequest) {
    return (rule.nonResourceURLs ?? []).some((url) => {
      if (url === '*' || url === asked.path) return true;
      return url.endsWith('*') && asked.path.startsWith(url.replace(/\*+$/, ''));
    });
  }
  const groups = rule.apiGroups ?? [];
  const resources = rule.resources ?? [];
  const names = rule.resourceNames ?? [];
  const combined = asked.subresource === '' ? asked.resource : `${asked.resource}/${asked.subresource}`;
  return (
    (groups.includes('*') || groups.includes(asked.apiGroup)) &&
    resources.some(
      (resource) =>
        resource === '*' ||
        resource === combined ||
        (asked.subresource !== '' && resource === `*/${asked.subresource}`),
    ) &&
    (names.length === 0 || names.includes(asked.name))
  );
}

// Rough quoting: enough for names without control characters; the recorded decisions check the real one.
function quote(text: string): string {
  return JSON.stringify(text);
}

function missing({ roleRef }: Binding): string {
  if (roleRef.kind !== 'Role' && roleRef.kind !== 'ClusterRole') {
    return `unsupported role reference kind: ${quote(roleRef.kind)}`;
  }
  return `${roleRef.kind.toLowerCase()}.rbac.authorization.k8s.io ${quote(roleRef.name)} not found`;
}

function reason(binding: Binding, subject: Subject, namespace: string): string {
  const name = binding.metadata.name ?? '';
  const title = binding.kind === 'RoleBinding' ? `${name}/${namespace}` : name;
  const who =
    subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace || namespace}` : subject.name;
  const role = `${binding.roleRef.kind} ${quote(binding.roleRef.name)}`;
  return `RBAC: allowed by ${binding.kind} ${quote(title)} of ${role} to ${subject.kind} ${quote(who)}`;
}
