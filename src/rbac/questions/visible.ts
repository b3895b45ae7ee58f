import type { UserInfo } from '../../kube/index.ts';
import type { CompiledBinding } from '../binding.ts';
import { SUPERUSER_GROUP } from '../callers.ts';
import type { Policy } from '../policy.ts';
import type { CompiledRole, RoleSlot } from '../role-slot.ts';
import { allowsResource, allowsVerb } from '../rule.ts';
import { holdingsOf } from '../subject-index.ts';
import { EVERYWHERE, reachOf } from './principal.ts';

export interface VisibilityQuery {
  /** An object is visible if one of them is allowed: `['list']`, `['watch']`, or `['list', 'get']` to be generous. */
  readonly verbs: readonly string[];
  readonly apiGroup: string;
  readonly resource: string;
}

/** Which objects of one collection a caller may see; read it with `mayBeSeen`. */
export interface Visibility {
  /** All objects of all namespaces, and those of the cluster scope. */
  readonly everything: boolean;
  /** Namespaces all of whose objects are visible. */
  readonly namespaces: ReadonlySet<string>;
  /** Names visible in every namespace and at the cluster scope. */
  readonly namesEverywhere: ReadonlySet<string>;
  /** Names visible in one namespace. */
  readonly names: ReadonlyMap<string, ReadonlySet<string>>;
}

interface Seen {
  readonly all: boolean;
  readonly names: readonly string[];
}

const COLLECTION_VERBS = ['list', 'watch'];
const NOTHING: Seen = { all: false, names: [] };

/**
 * What of a collection the caller may see: an object is visible when one of the verbs would be allowed on it by its
 * namespace and name; for `list` and `watch` also when they would be allowed on its whole namespace (or cluster-wide,
 * which allows them in every namespace). The work is in proportion to the caller's own bindings; a Visibility is a
 * snapshot and stays as it is when the policy changes.
 */
export function visibleObjects(policy: Policy, user: UserInfo, query: VisibilityQuery): Visibility {
  const view = policy.view();
  const seenThrough = rememberBySlot(query);
  const clusterWide = holdingsOf(view.subjects.clusterWide, user)
    .flatMap(({ slots }) => slots)
    .map(seenThrough);
  if (user.groups.includes(SUPERUSER_GROUP) || clusterWide.some(({ all }) => all)) {
    return { everything: true, namespaces: new Set(), namesEverywhere: new Set(), names: new Map() };
  }
  const namespaces = new Set<string>();
  const names = new Map<string, Set<string>>();
  for (const binding of bindingsOf(policy, user)) {
    const namespace = reachOf(binding);
    if (namespace !== undefined && namespace !== EVERYWHERE) {
      const seen = seenThrough(binding.slot);
      if (seen.all) {
        namespaces.add(namespace);
      } else if (seen.names.length > 0) {
        const held = names.get(namespace) ?? new Set();
        names.set(namespace, held);
        for (const name of seen.names) {
          held.add(name);
        }
      }
    }
  }
  for (const namespace of namespaces) {
    names.delete(namespace);
  }
  const namesEverywhere = new Set(clusterWide.flatMap((seen) => seen.names));
  return { everything: false, namespaces, namesEverywhere, names };
}

/**
 * Whether the object may be seen.
 * @param namespace '' for an object of the cluster scope; a Namespace lies in itself, as in requests: its own name
 */
export function mayBeSeen(visibility: Visibility, namespace: string, name: string): boolean {
  return (
    visibility.everything ||
    visibility.namespaces.has(namespace) ||
    visibility.namesEverywhere.has(name) ||
    (visibility.names.get(namespace)?.has(name) ?? false)
  );
}

function* bindingsOf(policy: Policy, { username, groups }: UserInfo): Generator<CompiledBinding> {
  const view = policy.view();
  yield* view.bindingsNaming('user', username);
  for (const group of groups) {
    yield* view.bindingsNaming('group', group);
  }
}

function rememberBySlot(query: VisibilityQuery): (slot: RoleSlot) => Seen {
  const known = new Map<RoleSlot, Seen>();
  return (slot) => {
    const seen = known.get(slot) ?? seenByRole(slot.role, query);
    known.set(slot, seen);
    return seen;
  };
}

function seenByRole(role: CompiledRole | undefined, { verbs, apiGroup, resource }: VisibilityQuery): Seen {
  const names: string[] = [];
  for (const rule of role?.resourceRules ?? []) {
    const allowed = verbs.filter((verb) => allowsVerb(rule, verb));
    if (allowed.length > 0 && allowsResource(rule, apiGroup, resource, '')) {
      // A rule that lists the name '' allows a request for the whole collection.
      const ofCollection = allowed.some((verb) => COLLECTION_VERBS.includes(verb));
      if (rule.resourceNames.length === 0 || (ofCollection && rule.resourceNames.includes(''))) {
        return { all: true, names: [] };
      }
      names.push(...rule.resourceNames);
    }
  }
  return names.length === 0 ? NOTHING : { all: false, names };
}
