import type { UserInfo } from '../kube/index.ts';
import type { CompiledBinding, Grant } from './binding.ts';
import type { RoleSlot } from './role-slot.ts';

/** The grants through which a subject holds one role in one scope. They all allow the same. */
export interface RoleGrants {
  first: Grant;
}

/** What one subject holds in one scope. */
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
  const clusterWide: Scope = { users: new Map(), groups: new Map() };
  const namespaces = new Map<string, Scope>();

  function scopeFor({ object, namespace }: CompiledBinding): Scope {
    if (object.kind === 'ClusterRoleBinding') {
      return clusterWide;
    }
    let scope = namespaces.get(namespace);
    if (scope === undefined) {
      scope = { users: new Map(), groups: new Map() };
      namespaces.set(namespace, scope);
    }
    return scope;
  }

  return {
    clusterWide,
    namespaces,

    add(binding) {
      const scope = scopeFor(binding);
      for (const grant of binding.grants) {
        addGrant(scope, grant);
      }
    },

    remove(binding) {
      const scope = scopeFor(binding);
      for (const grant of binding.grants) {
        removeGrant(scope, grant);
      }
      if (scope !== clusterWide && scope.users.size === 0 && scope.groups.size === 0) {
        namespaces.delete(binding.namespace);
      }
    },
  };
}

function holdersOf({ users, groups }: Scope, { who }: Grant): Map<string, Holding> {
  return who.type === 'user' ? users : groups;
}

function addGrant(scope: Scope, grant: Grant): void {
  const { binding, who } = grant;
  const holders = holdersOf(scope, grant);
  const holding = holders.get(who.name);
  const role = holding?.roles[holding.slots.indexOf(binding.slot)];
  if (role !== undefined) {
    grant.next = role.first;
    role.first.previous = grant;
    role.first = grant;
  } else if (holding !== undefined) {
    holding.slots.push(binding.slot);
    holding.roles.push({ first: grant });
  } else {
    holders.set(who.name, { slots: [binding.slot], roles: [{ first: grant }] });
  }
}

function removeGrant(scope: Scope, grant: Grant): void {
  const { binding, who, previous, next } = grant;
  if (next !== undefined) {
    next.previous = previous;
  }
  if (previous !== undefined) {
    previous.next = next;
    return;
  }
  const holders = holdersOf(scope, grant);
  const holding = holders.get(who.name);
  const index = holding?.slots.indexOf(binding.slot) ?? -1;
  const role = holding?.roles[index];
  if (holding === undefined || role === undefined) {
    return;
  }
  if (next !== undefined) {
    role.first = next;
    return;
  }
  holding.slots.splice(index, 1);
  holding.roles.splice(index, 1);
  if (holding.slots.length === 0) {
    holders.delete(who.name);
  }
}

/** All grants of a list. */
export function* grantsOf({ first }: RoleGrants): Generator<Grant> {
  for (let grant: Grant | undefined = first; grant !== undefined; grant = grant.next) {
    yield grant;
  }
}

/** All that the user holds in the scope, as himself and through his groups. */
export function holdingsOf(scope: Scope | undefined, { username, groups }: UserInfo): Holding[] {
  if (scope === undefined) {
    return [];
  }
  const holdings: Holding[] = [];
  const own = scope.users.get(username);
  if (own !== undefined) {
    holdings.push(own);
  }
  for (const group of groups) {
    const holding = scope.groups.get(group);
    if (holding !== undefined) {
      holdings.push(holding);
    }
  }
  return holdings;
}
