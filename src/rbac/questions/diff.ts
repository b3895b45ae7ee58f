import { SUPERUSER_GROUP } from '../callers.ts';
import type { Subject } from '../model.ts';
import type { Policy } from '../policy.ts';
import type { PolicyView } from '../policy-view.ts';
import type { RoleSlot } from '../role-slot.ts';
import { createNewRights, type Holdings, keptOf, type NewRights, setsOf } from './new-rights.ts';
import { createPermissionSet } from './permission-set.ts';
import { EVERYWHERE, type Principal, reachOf, subjectOf, subjectOrder, textOrder } from './principal.ts';
import { groupPermissions, type PermissionGroup, type Right, rightIn } from './right.ts';
import { createRoleContents, type Held, heldOf, type RoleContent } from './role-content.ts';

/** What a subject's own bindings allow on one side only. */
export interface SubjectChange {
  readonly subject: Subject;
  readonly gains: readonly ChangedRight[];
  readonly losses: readonly ChangedRight[];
}

export type ChangedRight = Right & {
  /**
   * What of the right did not change: held before already (of a gain), or kept (of a loss). Present when the right is
   * wider than the change, as when `*` becomes `get`.
   */
  readonly except?: readonly Right[];
};

/** What one subject holds, by where: EVERYWHERE or a namespace. */
type HeldByPlace = ReadonlyMap<string, Held>;

const NOTHING: Held = { key: '', contents: [] };

/**
 * Who may do what after that could not before, and the reverse, through roles, aggregation, bindings and roleRefs of
 * any kind. Each subject is judged by what names itself, not by the groups it may be in. system:masters is left out:
 * its members may do everything before and after. Only what differs is compared, so the work is in proportion to the
 * bindings, plus the roles that changed.
 * @throws TooManyRightsError for a changed role of more than 50 000 single permissions
 */
export function diffPolicies(before: Policy, after: Policy): SubjectChange[] {
  const views = { before: before.view(), after: after.view() };
  const contentOf = createRoleContents();
  const newRights = createNewRights();
  const changes: SubjectChange[] = [];
  for (const principal of principalsOf(views.before, views.after)) {
    const old = heldBy(views.before, principal, contentOf);
    const now = heldBy(views.after, principal, contentOf);
    const places = changedPlaces(old, now);
    if (places.length > 0) {
      const gains = changesIn(places, now, old, newRights);
      const losses = changesIn(places, old, now, newRights);
      if (gains.length + losses.length > 0) {
        changes.push({ subject: subjectOf(principal), gains, losses });
      }
    }
  }
  return changes.sort((a, b) => subjectOrder(a.subject, b.subject));
}

function* principalsOf(before: PolicyView, after: PolicyView): Generator<Principal> {
  for (const type of ['user', 'group'] as const) {
    for (const name of new Set([...before.subjectNames(type), ...after.subjectNames(type)])) {
      if (type === 'user' || name !== SUPERUSER_GROUP) {
        yield { type, name };
      }
    }
  }
}

function heldBy(
  view: PolicyView,
  { type, name }: Principal,
  contentOf: (slot: RoleSlot) => RoleContent | undefined,
): HeldByPlace {
  const places = new Map<string, RoleContent[]>();
  for (const binding of view.bindingsNaming(type, name)) {
    const reach = reachOf(binding);
    const content = contentOf(binding.slot);
    if (reach !== undefined && content !== undefined) {
      const held = places.get(reach) ?? [];
      places.set(reach, held);
      held.push(content);
    }
  }
  return new Map([...places].map(([reach, contents]) => [reach, heldOf(contents)]));
}

function changedPlaces(old: HeldByPlace, now: HeldByPlace): string[] {
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((place) => old.get(place)?.key !== now.get(place)?.key)
    .sort(textOrder);
}

/** The rights in the changed places that `having` has and `lacking` has not; places with the same answer are merged. */
function changesIn(
  places: readonly string[],
  having: HeldByPlace,
  lacking: HeldByPlace,
  newRights: ReturnType<typeof createNewRights>,
): ChangedRight[] {
  const namespacesOf = new Map<readonly NewRights[], string[]>();
  for (const place of places) {
    const rights = newRights(holdingsIn(having, place), holdingsIn(lacking, place));
    const namespaces = namespacesOf.get(rights) ?? [];
    namespacesOf.set(rights, namespaces);
    namespaces.push(place);
  }
  return [...namespacesOf].flatMap(([rights, namespaces]) =>
    rights.map(({ group, except }) => {
      const kept = [
        ...except.map((part) => rightIn(namespaces, part)),
        ...(namespaces.includes(EVERYWHERE) ? keptInNamespaces(group, except, lacking) : []),
      ];
      return { ...rightIn(namespaces, group), ...(kept.length === 0 ? {} : { except: kept }) };
    }),
  );
}

function holdingsIn(held: HeldByPlace, place: string): Holdings {
  const here = held.get(place) ?? NOTHING;
  return { here, everywhere: place === EVERYWHERE ? undefined : (held.get(EVERYWHERE) ?? NOTHING) };
}

/** What of a right everywhere the other side has in some namespaces; `known` it has everywhere. */
function keptInNamespaces(
  group: PermissionGroup,
  known: readonly PermissionGroup[],
  lacking: HeldByPlace,
): Right[] {
  const said = createPermissionSet(known.flatMap(({ permissions }) => permissions));
  const namespaced = [...lacking].filter(([place]) => place !== EVERYWHERE);
  return [...Map.groupBy(namespaced, ([, held]) => held.key).values()].flatMap((members) => {
    const namespaces = members.map(([place]) => place).sort(textOrder);
    const kept = keptOf(group, setsOf(members[0]?.[1].contents ?? []))
      .flatMap(({ permissions }) => permissions)
      .filter((permission) => permission.nonResourceURL === undefined && !said.covers(permission));
    return groupPermissions(kept).map((part) => rightIn(namespaces, part));
  });
}
