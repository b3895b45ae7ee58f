import { type Decision, goQuote, type UserInfo } from '../kube/index.ts';
import type { ClusterRoleBinding, RoleBinding, Subject } from './model.ts';
import type { RoleSlot } from './role-slot.ts';

/** A subject that can match somebody: a user by name, or a group. */
export interface CompiledSubject {
  readonly type: 'user' | 'group';
  readonly name: string;
  readonly subject: Subject;
}

export interface CompiledBinding {
  readonly source: string;
  readonly object: RoleBinding | ClusterRoleBinding;
  /** '' for a ClusterRoleBinding. */
  readonly namespace: string;
  readonly subjects: readonly CompiledSubject[];
  readonly slot: RoleSlot;
  /** In step with `subjects`. */
  grants: readonly Grant[];
  /** The allowing decision per subject, made at its first use. */
  decisions: (Decision | undefined)[] | undefined;
}

/** One subject's hold on a binding, in a list of those that give him the same role in the same scope. */
export interface Grant {
  readonly binding: CompiledBinding;
  /** Which of the binding's subjects it is. */
  readonly subject: number;
  readonly who: CompiledSubject;
  previous: Grant | undefined;
  next: Grant | undefined;
}

/** The namespace in which the binding grants: '' for everywhere. */
export function scopeOf(object: RoleBinding | ClusterRoleBinding): string {
  return object.kind === 'RoleBinding' ? (object.metadata.namespace ?? '') : '';
}

export function compileBinding(
  source: string,
  object: RoleBinding | ClusterRoleBinding,
  slot: RoleSlot,
): CompiledBinding {
  const namespace = scopeOf(object);
  const compiled = (object.subjects ?? []).map((subject) => compileSubject(subject, namespace));
  // Most have no subject to leave out; then there is no second list, which would be longer than it need be.
  const subjects = compiled.every(isSomebody) ? compiled : compiled.filter(isSomebody);
  const binding: CompiledBinding = {
    source,
    object,
    namespace,
    subjects,
    slot,
    grants: [],
    decisions: undefined,
  };
  binding.grants = subjects.map((who, subject) => ({
    binding,
    subject,
    who,
    previous: undefined,
    next: undefined,
  }));
  return binding;
}

function isSomebody(subject: CompiledSubject | undefined): subject is CompiledSubject {
  return subject !== undefined;
}

function compileSubject(subject: Subject | null, bindingNamespace: string): CompiledSubject | undefined {
  switch (subject?.kind) {
    case 'User':
      return { type: 'user', name: subject.name, subject };
    case 'Group':
      return { type: 'group', name: subject.name, subject };
    case 'ServiceAccount': {
      // A service account is known by its user name alone; its groups are not consulted.
      const namespace = subject.namespace || bindingNamespace;
      const name = `system:serviceaccount:${namespace}:${subject.name}`;
      return namespace === '' ? undefined : { type: 'user', name, subject };
    }
    default:
      return undefined;
  }
}

/**
 * The allowing decision of a binding that is known to match the user by its subject number `known`. The reason names
 * the first subject that matches, as Kubernetes does.
 */
export function allowBy(binding: CompiledBinding, known: number, user: UserInfo): Decision {
  let first = known;
  for (let index = 0; index < known; index++) {
    const subject = binding.subjects[index];
    if (subject !== undefined && subjectMatches(subject, user)) {
      first = index;
      break;
    }
  }
  binding.decisions ??= [];
  const made = binding.decisions[first];
  if (made !== undefined) {
    return made;
  }
  const decision: Decision = { decision: 'allow', reason: allowReason(binding, first) };
  binding.decisions[first] = decision;
  return decision;
}

/** Whether the subject is the user. `*` is no wildcard, and case matters. */
export function subjectMatches(subject: CompiledSubject, user: UserInfo): boolean {
  return subject.type === 'user' ? subject.name === user.username : user.groups.includes(subject.name);
}

// Source of the texts: Kubernetes pkg/registry/rbac/validation/rule.go; note name before namespace.
function allowReason({ object, namespace, subjects }: CompiledBinding, index: number): string {
  const { kind, roleRef, metadata } = object;
  const name = metadata.name ?? '';
  const binding = kind === 'RoleBinding' ? `${name}/${namespace}` : name;
  const subject = describeSubject(subjects[index]?.subject, namespace);
  return `RBAC: allowed by ${kind} ${goQuote(binding)} of ${roleRef.kind} ${goQuote(roleRef.name)} to ${subject}`;
}

function describeSubject(subject: Subject | undefined, bindingNamespace: string): string {
  if (subject?.kind === 'ServiceAccount') {
    return `ServiceAccount ${goQuote(`${subject.name}/${subject.namespace || bindingNamespace}`)}`;
  }
  return `${subject?.kind ?? ''} ${goQuote(subject?.name ?? '')}`;
}
