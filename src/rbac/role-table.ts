import { createAggregates } from './aggregates.ts';
import { aggregationRole } from './aggregation.ts';
import type { ClusterRole, PolicyRule, Role } from './model.ts';
import { createObjectMap } from './object-map.ts';
import type { RoleDefinition } from './policy-view.ts';
import type { Definition, RoleName } from './role-definition.ts';
import { type CompiledRole, compiledRole, createRoleSlot, type RoleSlot } from './role-slot.ts';
import { compileRule } from './rule.ts';
import type { Shapes } from './shapes.ts';

/** All roles of all sources, and the slots through which bindings see them. */
export interface RoleTable {
  put(source: string, role: Role | ClusterRole): void;
  remove(source: string, kind: 'Role' | 'ClusterRole', namespace: string, name: string): void;
  /** The slot for a roleRef of a binding of this source. Every `acquire` needs its `release`. */
  acquire(source: string, kind: string, namespace: string, name: string): RoleSlot;
  release(source: string, slot: RoleSlot): void;
  /** Every role that this roleRef can come to mean, over all sources. */
  definitions(kind: string, namespace: string, name: string): readonly CompiledRole[];
  /** The names of the source's roles. */
  namesOf(source: string): Iterable<Pick<RoleDefinition, 'kind' | 'namespace' | 'name'>>;
  /** All roles of all sources. */
  all(): Iterable<RoleDefinition>;
}

export function createRoleTable(shapes: Shapes): RoleTable {
  const names = createObjectMap<RoleName>();
  const sources: string[] = [];
  const aggregates = createAggregates({
    resolve,
    publish(definition, entry, compiled) {
      definition.compiled = compiled;
      fillSlots(entry);
    },
  });

  function nameOf(kind: string, namespace: string, name: string): RoleName {
    let entry = names.get(kind, namespace, name);
    if (entry === undefined) {
      entry = { kind, namespace, name, definitions: new Map(), slots: new Map() };
      names.set(kind, namespace, name, entry);
    }
    return entry;
  }

  function dropIfUnused({ kind, namespace, name, definitions, slots }: RoleName): void {
    if (definitions.size === 0 && slots.size === 0) {
      names.delete(kind, namespace, name);
    }
  }

  function appear(source: string): void {
    if (!sources.includes(source)) {
      sources.push(source);
    }
  }

  // A roleRef means the role of its own source; failing that, of the source that appeared first.
  function resolve(entry: RoleName, source: string): Definition | undefined {
    const own = entry.definitions.get(source);
    if (own !== undefined || entry.definitions.size === 0) {
      return own;
    }
    const first = sources.find((candidate) => entry.definitions.has(candidate));
    return first === undefined ? undefined : entry.definitions.get(first);
  }

  function fillSlots(entry: RoleName): void {
    for (const [source, slot] of entry.slots) {
      slot.role = resolve(entry, source)?.compiled;
    }
  }

  /** Sets or takes away a source's definition, and sees to everything that depends on the name. */
  function replace(entry: RoleName, source: string, definition: Definition | undefined): void {
    const old = entry.definitions.get(source);
    if (old !== undefined) {
      aggregates.drop(old);
      entry.definitions.delete(source);
    }
    if (definition !== undefined) {
      entry.definitions.set(source, definition);
    }
    if (entry.kind === 'ClusterRole') {
      aggregates.changed(entry);
    }
    if (definition?.aggregation?.gathers !== undefined) {
      aggregates.add(definition, entry);
    }
    fillSlots(entry);
  }

  function compile(rules: readonly PolicyRule[]): CompiledRole {
    const compiled = rules.map(compileRule);
    compiled.forEach(shapes.learn);
    return compiledRole(rules, compiled);
  }

  return {
    put(source, role) {
      appear(source);
      const { name = '', namespace = '' } = role.metadata;
      const entry = nameOf(role.kind, role.kind === 'Role' ? namespace : '', name);
      const aggregation = role.kind === 'ClusterRole' ? aggregationRole(role) : undefined;
      // What an aggregated role has as written does not count.
      const compiled = compile(aggregation?.gathers === undefined ? (role.rules ?? []) : []);
      replace(entry, source, { source, object: role, aggregation, compiled });
    },

    remove(source, kind, namespace, name) {
      const entry = names.get(kind, kind === 'Role' ? namespace : '', name);
      if (entry !== undefined) {
        replace(entry, source, undefined);
        dropIfUnused(entry);
      }
    },

    acquire(source, kind, namespace, name) {
      appear(source);
      const entry = nameOf(kind, namespace, name);
      let slot = entry.slots.get(source);
      if (slot === undefined) {
        slot = createRoleSlot(kind, namespace, name);
        entry.slots.set(source, slot);
        slot.role = resolve(entry, source)?.compiled;
      }
      slot.holders++;
      return slot;
    },

    release(source, slot) {
      slot.holders--;
      const entry = names.get(slot.kind, slot.namespace, slot.name);
      if (slot.holders === 0 && entry !== undefined) {
        entry.slots.delete(source);
        dropIfUnused(entry);
      }
    },

    *namesOf(source) {
      for (const { kind, namespace, name, definitions } of names.values()) {
        if (definitions.has(source)) {
          yield { kind: kind as RoleDefinition['kind'], namespace, name };
        }
      }
    },

    *all() {
      for (const { kind, namespace, name, definitions } of names.values()) {
        for (const { source, object, compiled } of definitions.values()) {
          yield {
            source,
            object,
            kind: kind as RoleDefinition['kind'],
            namespace,
            name,
            // Not before somebody asks: an aggregated role gathers them then.
            get rules() {
              return compiled.rules;
            },
          };
        }
      }
    },

    definitions(kind, namespace, name) {
      const entry = names.get(kind, namespace, name);
      return [...(entry?.definitions.values() ?? [])].map(({ compiled }) => compiled);
    },
  };
}
