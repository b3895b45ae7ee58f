import { type AggregationRole, aggregateRules, aggregationRole, selects } from './aggregation.ts';
import { goOrder } from './go-order.ts';
import type { ClusterRole, PolicyRule, Role } from './model.ts';
import { objectKey } from './object-key.ts';
import type { RoleDefinition } from './policy-view.ts';
import { type CompiledRole, createRoleSlot, fillSlot, type RoleSlot } from './role-slot.ts';
import { compileRule } from './rule.ts';
import type { Shapes } from './shapes.ts';

/** All roles of all sources, and the slots through which bindings see them. */
export interface RoleTable {
  put(source: string, role: Role | ClusterRole): void;
  remove(source: string, kind: 'Role' | 'ClusterRole', namespace: string, name: string): void;
  /** The slot for a roleRef of a binding of this source. Every `acquire` needs its `release`. */
  acquire(source: string, kind: string, namespace: string, name: string): RoleSlot;
  release(source: string, slot: RoleSlot): void;
  /** Recomputes the aggregated roles if a role changed that they select. Must precede every reading of slots. */
  refresh(): void;
  /** Every role that this roleRef can come to mean, over all sources. */
  definitions(kind: string, namespace: string, name: string): readonly CompiledRole[];
  /** All roles of all sources, as the last refresh left them. */
  all(): Iterable<RoleDefinition>;
}

/** One source's role of a name. */
interface Definition {
  readonly source: string;
  /** ClusterRoles only. */
  readonly aggregation: AggregationRole | undefined;
  compiled: CompiledRole;
}

/** One (kind, namespace, name): who defines it and who refers to it, by source. */
interface Name {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly definitions: Map<string, Definition>;
  readonly slots: Map<string, RoleSlot>;
}

export function createRoleTable(shapes: Shapes): RoleTable {
  const names = new Map<string, Name>();
  const clusterRoles = new Set<Name>();
  const aggregated = new Map<Definition, Name>();
  const sources: string[] = [];
  let stale = false;

  function nameOf(kind: string, namespace: string, name: string): Name {
    const key = objectKey(kind, namespace, name);
    let entry = names.get(key);
    if (entry === undefined) {
      entry = { kind, namespace, name, definitions: new Map(), slots: new Map() };
      names.set(key, entry);
    }
    return entry;
  }

  function dropIfUnused(key: string, entry: Name): void {
    if (entry.definitions.size === 0 && entry.slots.size === 0) {
      names.delete(key);
    }
  }

  function appear(source: string): void {
    if (!sources.includes(source)) {
      sources.push(source);
    }
  }

  // A roleRef means the role of its own source; failing that, of the source that appeared first.
  function resolve(entry: Name, source: string): Definition | undefined {
    const own = entry.definitions.get(source);
    if (own !== undefined || entry.definitions.size === 0) {
      return own;
    }
    const first = sources.find((candidate) => entry.definitions.has(candidate));
    return first === undefined ? undefined : entry.definitions.get(first);
  }

  function fillSlots(entry: Name): void {
    for (const [source, slot] of entry.slots) {
      fillSlot(slot, resolve(entry, source)?.compiled);
    }
  }

  function markStale({ aggregation }: Definition): void {
    if (!stale && aggregation !== undefined) {
      stale =
        aggregation.gathers !== undefined ||
        [...aggregated.keys()].some(
          (by) => by.aggregation !== undefined && selects(by.aggregation, aggregation.labels),
        );
    }
  }

  /** Sets or takes away a source's definition, and sees to everything that depends on the name. */
  function replace(entry: Name, source: string, definition: Definition | undefined): void {
    const affected = new Set(entry.definitions.values());
    const old = entry.definitions.get(source);
    if (old !== undefined) {
      aggregated.delete(old);
      entry.definitions.delete(source);
    }
    if (definition !== undefined) {
      affected.add(definition);
      entry.definitions.set(source, definition);
      if (definition.aggregation?.gathers !== undefined) {
        aggregated.set(definition, entry);
      }
    }
    // Other sources' roles of this name count too: the definition may hide them, or no longer do so.
    affected.forEach(markStale);
    fillSlots(entry);
  }

  function compile(rules: readonly PolicyRule[]): CompiledRole {
    const compiled = rules.map(compileRule);
    compiled.forEach(shapes.learn);
    return {
      rules,
      resourceRules: compiled.filter((rule) => rule.resources.length > 0),
      urlRules: compiled.filter((rule) => rule.nonResourceURLs.length > 0),
    };
  }

  function visibleTo(source: string): AggregationRole[] {
    return [...clusterRoles]
      .sort((a, b) => goOrder(a.name, b.name))
      .flatMap((entry) => resolve(entry, source)?.aggregation ?? []);
  }

  return {
    put(source, role) {
      appear(source);
      const { name = '', namespace = '' } = role.metadata;
      const entry = nameOf(role.kind, role.kind === 'Role' ? namespace : '', name);
      const aggregation = role.kind === 'ClusterRole' ? aggregationRole(role) : undefined;
      // An aggregated role has no rules until the next refresh: what it has as written does not count.
      const compiled = compile(aggregation?.gathers === undefined ? (role.rules ?? []) : []);
      if (role.kind === 'ClusterRole') {
        clusterRoles.add(entry);
      }
      replace(entry, source, { source, aggregation, compiled });
    },

    remove(source, kind, namespace, name) {
      const key = objectKey(kind, kind === 'Role' ? namespace : '', name);
      const entry = names.get(key);
      if (entry !== undefined) {
        replace(entry, source, undefined);
        if (entry.definitions.size === 0) {
          clusterRoles.delete(entry);
        }
        dropIfUnused(key, entry);
      }
    },

    acquire(source, kind, namespace, name) {
      appear(source);
      const entry = nameOf(kind, namespace, name);
      let slot = entry.slots.get(source);
      if (slot === undefined) {
        slot = createRoleSlot(kind, namespace, name);
        entry.slots.set(source, slot);
        fillSlot(slot, resolve(entry, source)?.compiled);
      }
      slot.holders++;
      return slot;
    },

    release(source, slot) {
      slot.holders--;
      const key = objectKey(slot.kind, slot.namespace, slot.name);
      const entry = names.get(key);
      if (slot.holders === 0 && entry !== undefined) {
        entry.slots.delete(source);
        dropIfUnused(key, entry);
      }
    },

    refresh() {
      if (!stale) {
        return;
      }
      stale = false;
      const views = new Map<string, readonly AggregationRole[]>();
      for (const [definition, entry] of aggregated) {
        const visible = views.get(definition.source) ?? visibleTo(definition.source);
        views.set(definition.source, visible);
        if (definition.aggregation !== undefined) {
          definition.compiled = compile(aggregateRules(definition.aggregation, visible));
          fillSlots(entry);
        }
      }
    },

    *all() {
      for (const { kind, namespace, name, definitions } of names.values()) {
        for (const { source, compiled } of definitions.values()) {
          yield { source, kind: kind as RoleDefinition['kind'], namespace, name, rules: compiled.rules };
        }
      }
    },

    definitions(kind, namespace, name) {
      const entry = names.get(objectKey(kind, namespace, name));
      return [...(entry?.definitions.values() ?? [])].map(({ compiled }) => compiled);
    },
  };
}
