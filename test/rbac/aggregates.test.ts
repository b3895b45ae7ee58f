import { describe, expect, it } from 'vitest';
import { createAggregates } from '../../src/rbac/aggregates.ts';
import { aggregationRole } from '../../src/rbac/aggregation.ts';
import { type ClusterRole, createPolicy } from '../../src/rbac/index.ts';
import type { RoleName } from '../../src/rbac/role-definition.ts';
import { compiledRole } from '../../src/rbac/role-slot.ts';
import { user } from './attributes.ts';
import { aggregated, clusterRole, clusterRoleBinding } from './objects.ts';

/** One source's names with their definitions, and what was published. */
function setUp() {
  const published: string[] = [];
  const aggregates = createAggregates({
    resolve: ({ definitions }, source) => definitions.get(source),
    publish: (definition, { name }, compiled) => {
      definition.compiled = compiled;
      published.push(name);
    },
  });
  const put = (object: ClusterRole, entry = nameOf(object)): RoleName => {
    const old = entry.definitions.get('s');
    if (old !== undefined) aggregates.drop(old);
    const definition = {
      source: 's',
      object,
      aggregation: aggregationRole(object),
      compiled: compiledRole([], []),
    };
    entry.definitions.set('s', definition);
    aggregates.changed(entry);
    if (definition.aggregation.gathers !== undefined) aggregates.add(definition, entry);
    return entry;
  };
  return { put, published: () => published.splice(0) };
}

function nameOf({ kind, metadata }: ClusterRole): RoleName {
  return { kind, namespace: '', name: metadata.name ?? '', definitions: new Map(), slots: new Map() };
}

describe('a change of a ClusterRole', () => {
  it('renews the roles that select it, directly or through others, and no others', () => {
    const { put, published } = setUp();
    put(aggregated('top', [{ to: 'top' }]));
    put(aggregated('middle', [{ to: 'middle' }], { to: 'top' }));
    put(aggregated('other', [{ to: 'other' }]));
    published();
    const base = put(clusterRole('base', [], { to: 'middle' }));
    expect(new Set(published())).toEqual(new Set(['middle', 'top']));
    put(clusterRole('stranger', [], { from: 'middle' }));
    expect(published()).toEqual([]);
    put(clusterRole('base', [], { to: 'other' }), base);
    expect(new Set(published())).toEqual(new Set(['middle', 'top', 'other']));
    put(clusterRole('base', []), base);
    expect(published()).toEqual(['other']);
  });

  it('does not reach an aggregated role that is gone', () => {
    const { put, published } = setUp();
    const base = put(clusterRole('base', [], { to: 'sum' }));
    const sum = put(aggregated('sum', [{ to: 'sum' }]));
    expect(published()).toEqual(['sum']);
    put(clusterRole('sum', []), sum);
    put(clusterRole('base', ['get pods'], { to: 'sum' }), base);
    expect(published()).toEqual([]);
  });
});

describe('an aggregated role of another source', () => {
  it('gives what it gathers where it is defined', () => {
    const policy = createPolicy();
    policy.put('here', aggregated('top', [{ to: 'top' }]));
    policy.put('here', clusterRole('base', ['get here'], { to: 'middle' }));
    policy.put('there', aggregated('middle', [{ to: 'middle' }], { to: 'top' }));
    policy.put('there', clusterRole('base', ['get there'], { to: 'middle' }));
    policy.put('here', clusterRoleBinding('b', 'top', 'User jane'));
    const { resourceRules } = policy.rulesFor(user('jane'), 'default');
    expect(resourceRules.flatMap(({ resources }) => resources)).toEqual(['there']);
  });
});
