/**
 * A set of fields, as a tree of path elements: `f:name` is a member, `k:{"name":"c"}` the list element with this key,
 * `v:"x"` an element of a set. Elements are written canonically, so that equal ones are equal strings.
 * Source: structured-merge-diff/fieldpath/set.go.
 */
export interface FieldSet {
  /** Whether the field itself is in the set; fields below it may be in it either way. */
  readonly isMember: boolean;
  readonly children: ReadonlyMap<string, FieldSet>;
}

export const noFields: FieldSet = { isMember: false, children: new Map() };

/** A set in the making. */
export interface FieldSetBuilder extends FieldSet {
  isMember: boolean;
  readonly children: Map<string, FieldSetBuilder>;
}

export function newFieldSet(): FieldSetBuilder {
  return { isMember: false, children: new Map() };
}

/** Adds one field. @param path its elements, from the root */
export function insert(set: FieldSetBuilder, path: readonly string[]): void {
  let node = set;
  for (const element of path) {
    const child = node.children.get(element) ?? newFieldSet();
    node.children.set(element, child);
    node = child;
  }
  node.isMember = true;
}

export function isEmpty(set: FieldSet): boolean {
  return !set.isMember && set.children.size === 0;
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  const children = new Map(a.children);
  for (const [element, child] of b.children) {
    const own = children.get(element);
    children.set(element, own === undefined ? child : union(own, child));
  }
  return { isMember: a.isMember || b.isMember, children };
}

/** The fields of `a` that are not in `b`; what is below a field of `b` stays. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return selected(a, b, (isInB) => !isInB);
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return selected(a, b, (isInB) => isInB);
}

function selected(a: FieldSet, b: FieldSet, keeps: (isInB: boolean) => boolean): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [element, child] of a.children) {
    const kept = selected(child, b.children.get(element) ?? noFields, keeps);
    if (!isEmpty(kept)) children.set(element, kept);
  }
  return { isMember: a.isMember && keeps(b.isMember), children };
}

/** Only what is at or below one member of the root. */
export function onlyBelow(set: FieldSet, element: string): FieldSet {
  const child = set.children.get(element);
  return child === undefined ? noFields : { isMember: false, children: new Map([[element, child]]) };
}

/** All but what is at or below one member of the root. */
export function allButBelow(set: FieldSet, element: string): FieldSet {
  if (!set.children.has(element)) return set;
  const children = new Map(set.children);
  children.delete(element);
  return { isMember: set.isMember, children };
}
