import type { RoleName } from './role-definition.ts';

/** Finds ClusterRoles by their labels' keys, so that a selector need not look at all of them. */
export interface LabelIndex {
  /** To be called when the name's definitions have changed. */
  update(name: RoleName): void;
  /** Those that some source gives a label of this key; all of them when no key is given. */
  having(key: string | undefined): Iterable<RoleName>;
}

export function createLabelIndex(): LabelIndex {
  const keysOf = new Map<RoleName, ReadonlySet<string>>();
  const byKey = new Map<string, Set<RoleName>>();

  function take(key: string, name: RoleName): void {
    const names = byKey.get(key);
    names?.delete(name);
    if (names?.size === 0) {
      byKey.delete(key);
    }
  }

  return {
    update(name) {
      const before = keysOf.get(name) ?? NONE;
      const after = labelKeys(name);
      for (const key of before) {
        if (!after.has(key)) {
          take(key, name);
        }
      }
      for (const key of after) {
        byKey.set(key, (byKey.get(key) ?? new Set()).add(name));
      }
      if (name.definitions.size === 0) {
        keysOf.delete(name);
      } else {
        keysOf.set(name, after);
      }
    },
    having: (key) => (key === undefined ? keysOf.keys() : (byKey.get(key) ?? [])),
  };
}

const NONE: ReadonlySet<string> = new Set();

function labelKeys({ definitions }: RoleName): ReadonlySet<string> {
  const keys = [...definitions.values()].flatMap(({ aggregation }) => Object.keys(aggregation?.labels ?? {}));
  return keys.length === 0 ? NONE : new Set(keys);
}
