import { permissionCount, permissionsOf } from '../covers.ts';
import type { RoleSlot } from '../role-slot.ts';
import { compileRule } from '../rule.ts';
import { createPermissionSet, type PermissionSet } from './permission-set.ts';
import { TooManyRightsError } from './too-many-rights-error.ts';

/** What a role allows. Roles with equal rules share one content, in whatever policy they are. */
export interface RoleContent {
  readonly id: number;
  /** @throws TooManyRightsError */
  readonly set: () => PermissionSet;
}

/** The contents that somebody holds in one place: each once, by id, so that equal holdings have equal keys. */
export interface Held {
  readonly key: string;
  readonly contents: readonly RoleContent[];
}

// Three long lists in one rule multiply; nobody writes a role like that to use it.
const MAX_PERMISSIONS = 50_000;

/** Gives each content its number; for one comparison. undefined for a slot without a role. */
export function createRoleContents(): (slot: RoleSlot) => RoleContent | undefined {
  const byRole = new WeakMap<object, RoleContent>();
  const byText = new Map<string, RoleContent>();
  return (slot) => {
    if (slot.role === undefined) {
      return undefined;
    }
    let content = byRole.get(slot.role);
    if (content === undefined) {
      const text = JSON.stringify(slot.role.rules);
      content = byText.get(text) ?? createRoleContent(byText.size, slot);
      byText.set(text, content);
      byRole.set(slot.role, content);
    }
    return content;
  };
}

function createRoleContent(id: number, { role, kind, name }: RoleSlot): RoleContent {
  const rules = (role?.rules ?? []).map(compileRule);
  let set: PermissionSet | undefined;
  return {
    id,
    set() {
      if (rules.reduce((sum, rule) => sum + permissionCount(rule), 0) > MAX_PERMISSIONS) {
        throw new TooManyRightsError(
          `${kind} ${JSON.stringify(name)} comes apart into more than ${MAX_PERMISSIONS} single permissions`,
        );
      }
      set ??= createPermissionSet(rules.flatMap((rule) => [...permissionsOf(rule)]));
      return set;
    },
  };
}

export function heldOf(contents: Iterable<RoleContent>): Held {
  const sorted = [...new Set(contents)].sort((a, b) => a.id - b.id);
  return { key: sorted.map(({ id }) => id).join(','), contents: sorted };
}
