import { defaultPolicyObjects } from '../../default-policy.ts';
import type { ObjectMeta, PolicyKind, Subject } from '../../model.ts';
import { type CompiledRole, compiledRole } from '../../role-slot.ts';
import { type CompiledRule, compileRule } from '../../rule.ts';

const BOOTSTRAPPING = 'kubernetes.io/bootstrapping';

const rolesByName = new Map<string, CompiledRole>();
const subjectsByBinding = new Map<string, readonly Subject[]>();
for (const object of defaultPolicyObjects()) {
  const { name = '' } = object.metadata;
  if (object.kind === 'ClusterRole') {
    const rules = object.rules ?? [];
    rolesByName.set(name, compiledRole(rules, rules.map(compileRule)));
  } else if (object.kind === 'ClusterRoleBinding') {
    subjectsByBinding.set(name, object.subjects ?? []);
  }
}

/** A ClusterRole that every cluster has, for policies that only refer to it. */
export function defaultClusterRole(name: string): CompiledRole | undefined {
  return rolesByName.get(name);
}

export function defaultClusterRoleNames(): Iterable<string> {
  return rolesByName.keys();
}

/** All rules of the default ClusterRoles named. */
export function rulesOfDefaults(names: readonly string[]): CompiledRule[] {
  return names.flatMap((name) => {
    const role = rolesByName.get(name);
    return role === undefined ? [] : [...role.resourceRules, ...role.urlRules];
  });
}

/**
 * Whether the object is one that Kubernetes itself keeps: labelled so, and of a name reserved for it. The label alone
 * does not count, or anybody could hide a role from lint by labelling it.
 */
export function isKubernetesOwn(
  kind: PolicyKind,
  namespace: string,
  name: string,
  { labels }: ObjectMeta,
): boolean {
  if (labels?.[BOOTSTRAPPING] !== 'rbac-defaults') {
    return false;
  }
  const known = kind === 'ClusterRole' ? rolesByName.has(name) : subjectsByBinding.has(name);
  return namespace === '' ? known || name.startsWith('system:') : namespace.startsWith('kube-');
}

/**
 * Whether the subject belongs into Kubernetes' own binding. kube-apiserver never removes a subject that somebody added
 * to one, so an added one is to be judged like any other.
 */
export function isDefaultSubject(bindingName: string, subject: Subject): boolean {
  const known = subjectsByBinding.get(bindingName);
  return (
    known === undefined ||
    known.some(
      ({ kind, name, namespace }) =>
        kind === subject.kind && name === subject.name && (namespace ?? '') === (subject.namespace ?? ''),
    )
  );
}
