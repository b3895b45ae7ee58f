import type { LabelMatcher, RulePiece } from './aggregation.ts';
import { goOrder } from './go-order.ts';
import { createLabelIndex } from './label-index.ts';
import type { Definition, RoleName } from './role-definition.ts';
import { type CompiledRole, compiledRole } from './role-slot.ts';

/** Keeps the rules of aggregated ClusterRoles in step with the roles that they select. */
export interface Aggregates {
  /** A definition came that gathers its rules. */
  add(definition: Definition, name: RoleName): void;
  /** Such a definition went. */
  drop(definition: Definition): void;
  /** What a ClusterRole's name means has changed for some source. */
  changed(name: RoleName): void;
}

export interface AggregatesDeps {
  /** What the name means to the source. */
  readonly resolve: (name: RoleName, source: string) => Definition | undefined;
  /** Takes over what an aggregated role now is. Its rules are gathered when they are first read. */
  readonly publish: (definition: Definition, name: RoleName, compiled: CompiledRole) => void;
}

interface Aggregate {
  readonly definition: Definition;
  readonly name: RoleName;
  readonly selectors: Selector[];
}

interface Selector {
  readonly aggregate: Aggregate;
  readonly matches: LabelMatcher;
  /** The roles that it selects, sorted by name. */
  readonly members: RoleName[];
}

export function createAggregates({ resolve, publish }: AggregatesDeps): Aggregates {
  const byDefinition = new Map<Definition, Aggregate>();
  const clusterRoles = createLabelIndex();
  const selectedBy = new Map<RoleName, Set<Selector>>();

  function selects({ aggregate, matches }: Selector, name: RoleName): boolean {
    const role = resolve(name, aggregate.definition.source)?.aggregation;
    return role !== undefined && matches(role.labels);
  }

  function renew(aggregate: Aggregate, renewed = new Set<Aggregate>()): void {
    if (!renewed.has(aggregate)) {
      renewed.add(aggregate);
      publish(aggregate.definition, aggregate.name, gatheredRole(aggregate));
      renewSelectorsOf(aggregate.name, renewed);
    }
  }

  function renewSelectorsOf(name: RoleName, renewed = new Set<Aggregate>()): void {
    for (const { aggregate } of selectedBy.get(name) ?? []) {
      renew(aggregate, renewed);
    }
  }

  function link(selector: Selector, name: RoleName): void {
    const selectors = selectedBy.get(name) ?? new Set();
    selectedBy.set(name, selectors.add(selector));
  }

  function unlink(selector: Selector, name: RoleName): void {
    const selectors = selectedBy.get(name);
    selectors?.delete(selector);
    if (selectors?.size === 0) {
      selectedBy.delete(name);
    }
  }

  /** Selector by selector, within one by name, each rule once, aggregated roles followed in turn. */
  function gather(top: Aggregate): RulePiece[] {
    const pieces = new Map<string, RulePiece>();
    const visited = new Set<Definition>([top.definition]);
    const visit = ({ definition: { source }, selectors }: Aggregate): void => {
      for (const member of selectors.flatMap(({ members }) => members)) {
        const definition = resolve(member, source);
        if (definition === undefined || visited.has(definition)) {
          continue;
        }
        visited.add(definition);
        const nested = byDefinition.get(definition);
        if (nested !== undefined) {
          visit(nested);
          continue;
        }
        for (const piece of definition.aggregation?.pieces() ?? []) {
          if (!pieces.has(piece.key)) {
            pieces.set(piece.key, piece);
          }
        }
      }
    };
    visit(top);
    return [...pieces.values()];
  }

  function gatheredRole(aggregate: Aggregate): CompiledRole {
    let made: CompiledRole | undefined;
    const role = (): CompiledRole => {
      made ??= roleOf(gather(aggregate));
      return made;
    };
    return {
      get rules() {
        return role().rules;
      },
      get resourceRules() {
        return role().resourceRules;
      },
      get urlRules() {
        return role().urlRules;
      },
    };
  }

  return {
    add(definition, name) {
      const aggregate: Aggregate = { definition, name, selectors: [] };
      for (const matches of definition.aggregation?.gathers ?? []) {
        const selector: Selector = { aggregate, matches, members: [] };
        for (const role of clusterRoles.having(matches.requires)) {
          if (selects(selector, role)) {
            selector.members.push(role);
            link(selector, role);
          }
        }
        selector.members.sort((a, b) => goOrder(a.name, b.name));
        aggregate.selectors.push(selector);
      }
      byDefinition.set(definition, aggregate);
      renew(aggregate);
    },

    drop(definition) {
      const aggregate = byDefinition.get(definition);
      if (aggregate !== undefined) {
        byDefinition.delete(definition);
        for (const selector of aggregate.selectors) {
          for (const member of selector.members) {
            unlink(selector, member);
          }
        }
      }
    },

    changed(name) {
      clusterRoles.update(name);
      renewSelectorsOf(name);
      for (const { selectors } of byDefinition.values()) {
        for (const selector of selectors) {
          const isNow = selects(selector, name);
          if (isNow !== (selectedBy.get(name)?.has(selector) ?? false)) {
            const { members } = selector;
            members.splice(positionOf(members, name), isNow ? 0 : 1, ...(isNow ? [name] : []));
            (isNow ? link : unlink)(selector, name);
          }
        }
      }
      renewSelectorsOf(name);
    },
  };
}

function roleOf(pieces: readonly RulePiece[]): CompiledRole {
  return compiledRole(
    pieces.map(({ rule }) => rule),
    pieces.map(({ compiled }) => compiled),
  );
}

/** Where the name stands in the sorted list, or would stand. */
function positionOf(sorted: readonly RoleName[], { name }: RoleName): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (goOrder(sorted[middle]?.name ?? '', name) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
