import type { CompiledBinding, CompiledSubject } from './binding.ts';
import type { ClusterRole, PolicyKind, PolicyRule, Role } from './model.ts';
import type { RoleSlot } from './role-slot.ts';
import type { SubjectIndex } from './subject-index.ts';

/** A role as some source defines it; an aggregated one with the rules that were gathered. */
export interface RoleDefinition {
  readonly source: string;
  /** As written: labels, annotations, an aggregationRule. */
  readonly object: Role | ClusterRole;
  readonly kind: Extract<PolicyKind, 'Role' | 'ClusterRole'>;
  /** '' for a ClusterRole. */
  readonly namespace: string;
  readonly name: string;
  readonly rules: readonly PolicyRule[];
}

/**
 * The compiled policy as the questions read it (explain, who-can, lint, …): the same indexes that decide, and the ways
 * back from a role to its bindings and from a subject to all that names it. Valid until the next update.
 */
export interface PolicyView {
  readonly subjects: SubjectIndex;
  bindings(): Iterable<CompiledBinding>;
  /** The bindings that name this user or group, in every namespace and cluster-wide. */
  bindingsNaming(type: CompiledSubject['type'], name: string): Iterable<CompiledBinding>;
  /** The names of all users (or groups) that some binding names; service accounts as user names. */
  subjectNames(type: CompiledSubject['type']): Iterable<string>;
  /** What roleRefs point at: each slot with the bindings that hold it. */
  slots(): Iterable<readonly [RoleSlot, ReadonlySet<CompiledBinding>]>;
  roles(): Iterable<RoleDefinition>;
}

/** The ways back, kept up with every binding that comes and goes. */
export interface ReverseIndex {
  add(binding: CompiledBinding): void;
  remove(binding: CompiledBinding): void;
  readonly bySlot: ReadonlyMap<RoleSlot, ReadonlySet<CompiledBinding>>;
  readonly bySubject: Readonly<
    Record<CompiledSubject['type'], ReadonlyMap<string, ReadonlySet<CompiledBinding>>>
  >;
}

export function createReverseIndex(): ReverseIndex {
  const bySlot = new Map<RoleSlot, Set<CompiledBinding>>();
  const bySubject = {
    user: new Map<string, Set<CompiledBinding>>(),
    group: new Map<string, Set<CompiledBinding>>(),
  };
  return {
    bySlot,
    bySubject,
    add(binding) {
      addTo(bySlot, binding.slot, binding);
      for (const { type, name } of binding.subjects) addTo(bySubject[type], name, binding);
    },
    remove(binding) {
      removeFrom(bySlot, binding.slot, binding);
      for (const { type, name } of binding.subjects) removeFrom(bySubject[type], name, binding);
    },
  };
}

function addTo<K>(index: Map<K, Set<CompiledBinding>>, key: K, binding: CompiledBinding): void {
  const held = index.get(key);
  if (held === undefined) index.set(key, new Set([binding]));
  else held.add(binding);
}

function removeFrom<K>(index: Map<K, Set<CompiledBinding>>, key: K, binding: CompiledBinding): void {
  const held = index.get(key);
  held?.delete(binding);
  if (held?.size === 0) index.delete(key);
}
