import { type Attributes, goQuote, type UserInfo } from '../../src/kube/index.ts';
import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyObject,
  PolicyRule,
  Role,
  RoleBinding,
  RoleRef,
  Subject,
} from '../../src/rbac/index.ts';
import { selectsPlainly } from './select-plainly.ts';

/**
 * RBAC as Kubernetes evaluates it, written a second time and as plainly as can be: every ClusterRoleBinding, then every
 * RoleBinding of the namespace, subject by subject, rule by rule.
 */
export interface LinearEvaluator {
  decide(attributes: Attributes): boolean;
  /** Every reason that Kubernetes could give, whatever order its caches are in. */
  explain(attributes: Attributes): { allowed: boolean; reasons: Set<string>; errors: Set<string> };
}

/** The objects of each source, in the order in which the sources appeared. */
export type Sources = ReadonlyMap<string, readonly PolicyObject[]>;

/** A binding with what its roleRef means: rules, or nothing. */
interface Resolved {
  readonly binding: RoleBinding | ClusterRoleBinding;
  readonly rules: readonly PolicyRule[] | undefined;
}

interface Defined {
  readonly source: string;
  readonly role: Role | ClusterRole;
}

export function createLinearEvaluator(objects: readonly PolicyObject[]): LinearEvaluator {
  return createSourcesEvaluator(new Map([['', objects]]));
}

export function createSourcesEvaluator(sources: Sources): LinearEvaluator {
  const roles = new Map<string, Map<string, Role | ClusterRole>>();
  for (const [source, objects] of sources) {
    for (const object of objects) {
      if (object.kind === 'Role' || object.kind === 'ClusterRole') {
        const { name = '', namespace = '' } = object.metadata;
        const key = roleKey(object.kind, namespace, name);
        roles.set(key, (roles.get(key) ?? new Map()).set(source, object));
      }
    }
  }

  /** The source's own role, else that of the source which appeared first. */
  function lookUp(key: string, source: string): Defined | undefined {
    const definitions = roles.get(key);
    const home = [source, ...sources.keys()].find((candidate) => definitions?.has(candidate));
    const role = home === undefined ? undefined : definitions?.get(home);
    return home === undefined || role === undefined ? undefined : { source: home, role };
  }

  function rulesOf({ source, role }: Defined, seen = new Set<object>()): readonly PolicyRule[] {
    const aggregation = role.kind === 'ClusterRole' ? role.aggregationRule : undefined;
    if (!aggregation) return role.rules ?? [];
    const selectors = aggregation.clusterRoleSelectors ?? [];
    seen.add(role);
    const rules: PolicyRule[] = [];
    for (const key of roles.keys()) {
      const found = lookUp(key, source);
      if (found?.role.kind !== 'ClusterRole' || seen.has(found.role)) continue;
      const { labels } = found.role.metadata;
      if (!selectors.some((selector) => selectsPlainly(selector, labels ?? {}))) continue;
      seen.add(found.role);
      rules.push(...rulesOf(found, seen));
    }
    return rules;
  }

  const memo = new Map<Role | ClusterRole, readonly PolicyRule[]>();
  function rulesOfRef({ kind, name }: RoleRef, namespace: string, source: string) {
    const found = lookUp(roleKey(kind, namespace, name), source);
    if (found === undefined) return undefined;
    const rules = memo.get(found.role) ?? rulesOf(found);
    memo.set(found.role, rules);
    return rules;
  }

  const clusterBindings: Resolved[] = [];
  const byNamespace = new Map<string, Resolved[]>();
  for (const [source, objects] of sources) {
    for (const binding of objects) {
      if (binding.kind !== 'RoleBinding' && binding.kind !== 'ClusterRoleBinding') continue;
      const namespace = binding.kind === 'RoleBinding' ? (binding.metadata.namespace ?? '') : '';
      const resolved = { binding, rules: rulesOfRef(binding.roleRef, namespace, source) };
      const local = byNamespace.get(namespace) ?? [];
      if (binding.kind === 'RoleBinding') byNamespace.set(namespace, local);
      (binding.kind === 'RoleBinding' ? local : clusterBindings).push(resolved);
    }
  }

  function* scopes(attributes: Attributes): Generator<[Resolved[], string]> {
    yield [clusterBindings, ''];
    const namespace = attributes.isResourceRequest ? attributes.namespace : '';
    if (namespace !== '') yield [byNamespace.get(namespace) ?? [], namespace];
  }

  return {
    decide(attributes) {
      if (attributes.user.groups.includes('system:masters')) return true;
      for (const [bindings, namespace] of scopes(attributes)) {
        for (const { binding, rules } of bindings) {
          if (
            binding.subjects?.some((subject) => isSubject(subject, attributes.user, namespace)) &&
            rules?.some((rule) => ruleAllows(rule, attributes))
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
        for (const { binding, rules } of bindings) {
          const subject = binding.subjects?.find((candidate) =>
            isSubject(candidate, attributes.user, namespace),
          );
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

function roleKey(kind: string, namespace: string, name: string): string {
  return JSON.stringify([kind, kind === 'Role' ? namespace : '', name]);
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

type Binding = Resolved['binding'];

function missing({ roleRef }: Binding): string {
  if (roleRef.kind !== 'Role' && roleRef.kind !== 'ClusterRole') {
    return `unsupported role reference kind: ${goQuote(roleRef.kind)}`;
  }
  return `${roleRef.kind.toLowerCase()}.rbac.authorization.k8s.io ${goQuote(roleRef.name)} not found`;
}

function reason(binding: Binding, subject: Subject, namespace: string): string {
  const name = binding.metadata.name ?? '';
  const title = binding.kind === 'RoleBinding' ? `${name}/${namespace}` : name;
  const who =
    subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace || namespace}` : subject.name;
  const role = `${binding.roleRef.kind} ${goQuote(binding.roleRef.name)}`;
  return `RBAC: allowed by ${binding.kind} ${goQuote(title)} of ${role} to ${subject.kind} ${goQuote(who)}`;
}
