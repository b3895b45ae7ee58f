import type { Permission } from '../covers.ts';
import { type PermissionSet, widestOf } from './permission-set.ts';
import { groupPermissions, type PermissionGroup } from './right.ts';
import type { Held, RoleContent } from './role-content.ts';

/** What somebody holds in one place, and (if that is a namespace) everywhere. */
export interface Holdings {
  readonly here: Held;
  /** undefined when the place is everywhere. */
  readonly everywhere: Held | undefined;
}

/** Rights that one side of a comparison has and the other has not, and what of them the other has all the same. */
export interface NewRights {
  readonly group: PermissionGroup;
  readonly except: readonly PermissionGroup[];
}

/**
 * Compares what somebody holds in one place on both sides. Equal questions get the very same answer: a role bound in
 * a thousand namespaces is taken apart once.
 */
export function createNewRights(): (having: Holdings, lacking: Holdings) => readonly NewRights[] {
  const known = new Map<string, readonly NewRights[]>();
  return (having, lacking) => {
    const key = JSON.stringify([having, lacking].map((side) => [side.here.key, side.everywhere?.key]));
    const rights = known.get(key) ?? newRights(having, lacking);
    known.set(key, rights);
    return rights;
  };
}

function newRights(having: Holdings, lacking: Holdings): NewRights[] {
  const others = contentsOf(lacking.here, lacking.everywhere);
  // What is also new everywhere is said there.
  const known = [...others, ...contentsOf(having.everywhere)];
  const differing = having.here.contents.filter((content) => !known.includes(content));
  if (differing.length === 0) {
    return [];
  }
  const knownSets = setsOf(known);
  const fresh = setsOf(differing)
    .flatMap(({ permissions }) => permissions)
    .filter((permission) => grantsIn(having, permission) && !knownSets.some((set) => set.covers(permission)));
  return groupPermissions(widestOf(fresh)).map((group) => ({ group, except: keptOf(group, setsOf(others)) }));
}

function contentsOf(...held: readonly (Held | undefined)[]): RoleContent[] {
  return held.flatMap((one) => one?.contents ?? []);
}

/** What of the group's permissions the sets cover. */
export function keptOf({ permissions }: PermissionGroup, sets: readonly PermissionSet[]): PermissionGroup[] {
  const kept = permissions.flatMap((permission) => sets.flatMap((set) => set.overlaps(permission)));
  return groupPermissions(widestOf(kept));
}

export function setsOf(contents: readonly RoleContent[]): PermissionSet[] {
  return contents.map((content) => content.set());
}

/** Paths have no namespace: only what is held everywhere grants them. */
function grantsIn({ everywhere }: Holdings, { nonResourceURL }: Permission): boolean {
  return everywhere === undefined || nonResourceURL === undefined;
}
