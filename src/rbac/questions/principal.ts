import type { CompiledBinding, CompiledSubject } from '../binding.ts';
import type { Subject } from '../model.ts';

/** Somebody whom bindings can name: a user (service accounts by their user names) or a group. */
export type Principal = Pick<CompiledSubject, 'type' | 'name'>;

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;
const KIND_ORDER = ['User', 'Group', 'ServiceAccount'];

/**
 * The principal as a subject of a binding. A user with a service account's name is that service account: RBAC knows
 * no difference, whichever way a binding writes it.
 */
export function subjectOf({ type, name }: Principal): Subject {
  if (type === 'group') {
    return { kind: 'Group', name };
  }
  const [, namespace, account] = SERVICE_ACCOUNT.exec(name) ?? [];
  return namespace === undefined || account === undefined
    ? { kind: 'User', name }
    : { kind: 'ServiceAccount', name: account, namespace };
}

export function principalKey({ type, name }: Principal): string {
  return `${type}/${name}`;
}

/** Users, then groups, then service accounts; by namespace and name. */
export function subjectOrder(a: Subject, b: Subject): number {
  return (
    KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) ||
    textOrder(a.namespace ?? '', b.namespace ?? '') ||
    textOrder(a.name, b.name)
  );
}

/** By UTF-16 units: cheap, and the same everywhere. */
export function textOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Everywhere, the cluster scope included; no namespace can have this name. */
export const EVERYWHERE = '*';

/** Where the binding grants: EVERYWHERE, a namespace, or nowhere (a RoleBinding without a namespace). */
export function reachOf({ object, namespace }: CompiledBinding): string | undefined {
  if (object.kind === 'ClusterRoleBinding') {
    return EVERYWHERE;
  }
  return namespace === '' ? undefined : namespace;
}
