import { describe, expect, it } from 'vitest';
import { createPolicy, type PolicyObject } from '../../src/rbac/index.ts';
import { resourceRequest, user } from './attributes.ts';
import { aggregated, clusterRole, clusterRoleBinding } from './objects.ts';

const jane = user('jane');

function policyOf(...objects: PolicyObject[]) {
  const policy = createPolicy();
  for (const object of objects) policy.put('s', object);
  const resources = (name: string) => {
    policy.put('s', clusterRoleBinding('probe', name, 'User jane'));
    return policy.rulesFor(jane, 'default').resourceRules.map((rule) => rule.resources.join());
  };
  return { policy, resources };
}

describe('aggregated ClusterRoles', () => {
  it('gather selector by selector, within one by name, each rule once, themselves excluded', () => {
    const { resources } = policyOf(
      aggregated('sum', [{ to: 'second' }, { to: 'first' }], { to: 'first' }),
      clusterRole('z', ['get a', 'get dup'], { to: 'first' }),
      clusterRole('B', ['get b', 'get dup'], { to: 'first' }),
      clusterRole('y', ['get c', 'get c'], { to: 'second' }),
      clusterRole('not', ['get d'], { to: 'third' }),
    );
    expect(resources('sum')).toEqual(['c', 'b', 'dup', 'a']);
  });

  it('do not keep the rules that were written on them', () => {
    const sum = { ...aggregated('sum', [{ to: 'x' }]), rules: clusterRole('', ['get secrets']).rules ?? [] };
    expect(policyOf(sum).resources('sum')).toEqual([]);
  });

  it('follow aggregated ones, converging ones once, and cycles without end', () => {
    const { resources } = policyOf(
      aggregated('top', [{ in: 'top' }], { in: 'left' }),
      aggregated('left', [{ in: 'left' }], { in: 'top' }),
      aggregated('right', [{ in: 'right' }], { in: 'top' }),
      clusterRole('base', ['get base'], { in: 'left' }),
      clusterRole('other', ['get base', 'get other'], { in: 'right' }),
    );
    expect(resources('top').sort()).toEqual(['base', 'other']);
    expect(resources('left').sort()).toEqual(['base', 'other']);
    expect(resources('right')).toEqual(['base', 'other']);
  });

  it.each([
    ['an empty selector takes every role', {}, ['a', 'b']],
    ['In', { matchExpressions: [{ key: 'l', operator: 'In', values: ['1', '3'] }] }, ['a']],
    [
      'NotIn takes roles without the label',
      { matchExpressions: [{ key: 'l', operator: 'NotIn', values: ['1'] }] },
      ['b'],
    ],
    ['Exists', { matchExpressions: [{ key: 'l', operator: 'Exists' }] }, ['a']],
    ['DoesNotExist', { matchExpressions: [{ key: 'l', operator: 'DoesNotExist' }] }, ['b']],
    [
      'all demands count',
      { matchLabels: { l: '1' }, matchExpressions: [{ key: 'm', operator: 'Exists' }] },
      [],
    ],
    ['an unknown operator takes nothing', { matchExpressions: [{ key: 'l', operator: 'Bogus' }] }, []],
  ])('%s', (_, selector, expected) => {
    const sum = { ...aggregated('sum', []), aggregationRule: { clusterRoleSelectors: [selector] } };
    const { resources } = policyOf(sum, clusterRole('a', ['get a'], { l: '1' }), clusterRole('b', ['get b']));
    expect(resources('sum')).toEqual(expected);
  });

  it('change with the roles they select, also through others', () => {
    const { policy } = policyOf(
      aggregated('top', [{ to: 'top' }]),
      aggregated('middle', [{ to: 'middle' }], { to: 'top' }),
      clusterRoleBinding('b', 'top', 'User jane'),
    );
    const ask = () => policy.authorize(resourceRequest(jane, 'get', 'pods')).decision;
    expect(ask()).toBe('noOpinion');
    policy.put('s', clusterRole('base', ['get pods'], { to: 'middle' }));
    expect(ask()).toBe('allow');
    policy.put('s', clusterRole('base', ['get pods']));
    expect(ask()).toBe('noOpinion');
    policy.put('s', clusterRole('base', ['get pods'], { to: 'middle' }));
    policy.remove('s', 'ClusterRole', '', 'middle');
    expect(ask()).toBe('noOpinion');
    policy.put('s', aggregated('middle', [{ to: 'middle' }], { to: 'top' }));
    expect(ask()).toBe('allow');
    policy.remove('s', 'ClusterRole', '', 'base');
    expect(ask()).toBe('noOpinion');
  });

  it('see what their source sees: its own role before the same name elsewhere', () => {
    const { policy } = policyOf(
      aggregated('sum', [{ to: 'sum' }]),
      clusterRole('part', []),
      clusterRoleBinding('b', 'sum', 'User jane'),
    );
    const ask = () => policy.authorize(resourceRequest(jane, 'get', 'pods')).decision;
    policy.put('other', clusterRole('part', ['get pods'], { to: 'sum' }));
    expect(ask()).toBe('noOpinion');
    policy.remove('s', 'ClusterRole', '', 'part');
    expect(ask()).toBe('allow');
    policy.put('s', clusterRole('part', []));
    expect(ask()).toBe('noOpinion');
  });
});
