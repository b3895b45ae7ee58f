import type { UserInfo } from '../kube/index.ts';
import type { CompiledBinding, CompiledSubject } from './binding.ts';
import type { RoleSlot } from './role-slot.ts';

/** One subject's hold on one binding. */
export interface Grant {
  readonly binding: CompiledBinding;
  /** Which of the binding's subjects it is. */
  readonly subject: number;
}

/** The bindings through which a subject holds one role in one scope. They all allow the same: `first` is any of them. */
interface RoleGrants {
  readonly grants: Set<Grant>;
  first: Grant;
}

/** What one subject holds in one scope. The decision's loop reads `slots` alone until one allows. */
export interface Holding {
  readonly slots: RoleSlot[];
  /** In step with `slots`. */
  readonly roles: RoleGrants[];
}

/** Who holds something in one scope: cluster-wide, or in one namespace. */
export interface Scope {
  /** By user name; service accounts are found here too. */
  readonly users: Map<string, Holding>;
  readonly groups: Map<string, Holding>;
}

/** Finds a caller's own bindings by name: a decision never looks at anybody else's. */
export interface SubjectIndex {
  readonly clusterWide: Scope;
  readonly namespaces: ReadonlyMap<string, Scope>;
  add(binding: CompiledBinding): void;
  remove(binding: CompiledBinding): void;
}

export function createSubjectIndex(): SubjectIndex {
  const clusterWide = emptyScope();
  const namespaces = new Map<string, Scope>();
  const grantsOf = new WeakMap<CompiledBinding, Grant[]>();

  function scopeFor({ object, namespace }: CompiledBinding): Scope {
    if (object.kind === 'ClusterRoleBinding') {
      return clusterWide;
    }
    const scope = namespaces.get(namespace) ?? emptyScope();
    namespaces.set(namespace, scope);
    return scope;
  }

  return {
    clusterWide,
    namespaces,

    add(binding) {
      const scope = scopeFor(binding);
      const seen = new Set<string>();
      const grants: Grant[] = [];
      binding.subjects.forEach((subject, index) => {
        const key = `${subject.type}/${subject.name}`;
        if (!seen.has(key)) {
          seen.add(key);
          const grant = { binding, subject: index };
          grants.push(grant);
          addGrant(holdersOf(scope, subject), subject.name, grant);
        }
      });
      grantsOf.set(binding, grants);
    },

    remove(binding) {
      const scope = scopeFor(binding);
      for (const grant of grantsOf.get(binding) ?? []) {
        const subject = binding.subjects[grant.subject];
        if (subject !== undefined) {
          removeGrant(holdersOf(scope, subject), subject.name, grant);
        }
      }
      grantsOf.delete(binding);
      if (scope !== clusterWide && scope.users.size === 0 && scope.groups.size === 0) {
        namespaces.delete(binding.namespace);
      }
    },
  };
}

function emptyScope(): Scope {
  return { users: new Map(), groups: new Map() };
}

function holdersOf(scope: Scope, subject: CompiledSubject): Map<string, Holding> {
  return subject.type === 'user' ? scope.users : scope.groups;
}

function addGrant(holders: Map<string, Holding>, name: string, grant: Grant): void {
  const holding = holders.get(name) ?? { slots: [], roles: [] };
  holders.set(name, holding);
  const role = holding.roles[holding.slots.indexOf(grant.binding.slot)];
  if (role === undefined) {
    holding.slots.push(grant.binding.slot);
    holding.roles.push({ grants: new Set([grant]), first: grant });
  } else {
    role.grants.add(grant);
  }
}

function removeGrant(holders: Map<string, Holding>, name: string, grant: Grant): void {
  const holding = holders.get(name);
  const index = holding?.slots.indexOf(grant.binding.slot) ?? -1;
  const role = holding?.roles[index];
  if (holding === undefined || role === undefined) {
    return;
  }
  role.grants.delete(grant);
  const [next] = role.grants;
  if (next !== undefined) {
    role.first = role.first === grant ? next : role.first;
    return;
  }
  holding.slots.splice(index, 1);
  holding.roles.splice(index, 1);
  if (holding.slots.length === 0) {
    holders.delete(name);
  }
}

/** What the user holds in the scope as himself (-1), or through one of his groups. */
export function holdingAt(scope: Scope, user: UserInfo, index: number): Holding | undefined {
  return index < 0 ? scope.users.get(user.username) : scope.groups.get(user.groups[index] ?? '');
}

/** All that the user holds in the scope. */
export function holdingsOf(scope: Scope | undefined, user: UserInfo): Holding[] {
  if (scope === undefined) {
    return [];
  }
  return [-1, ...user.groups.keys()].flatMap((index) => holdingAt(scope, user, index) ?? []);
}
