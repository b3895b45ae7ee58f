import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namesAllowing, namespacesAllowing } from '../../../src/rbac/questions/narrower.ts';
import { resourceRequest, user } from '../attributes.ts';
import { clusterRole, clusterRoleBinding, role, roleBinding } from '../objects.ts';
import { apiGroup, caller, isAllowed, NAMESPACES, policyOf, resource, world } from './random-worlds.ts';

const verb = fc.constantFrom('list', 'watch', 'get');
const NAMES = ['a', 'b', '*', 'x'];

describe('what is allowed more narrowly', { timeout: 30_000 }, () => {
  it('is in exactly the namespaces in which asking allows it', () => {
    let some = 0;
    const name = fc.constantFrom('', '', 'a');
    fc.assert(
      fc.property(
        world,
        caller,
        verb,
        apiGroup,
        resource,
        name,
        (entries, who, asked, group, plural, named) => {
          const policy = policyOf(entries);
          const request = resourceRequest(who, asked, plural, { apiGroup: group, name: named });
          if (isAllowed(policy, request)) return;
          const expected = NAMESPACES.filter((namespace) => isAllowed(policy, { ...request, namespace }));
          expect(namespacesAllowing(policy, request)).toEqual(expected.sort());
          if (expected.length > 0) some++;
        },
      ),
      { numRuns: 3000 },
    );
    expect(some).toBeGreaterThan(30);
  });

  it('is for exactly the names for which asking allows it', () => {
    let some = 0;
    fc.assert(
      fc.property(world, caller, verb, apiGroup, resource, (entries, who, asked, group, plural) => {
        const policy = policyOf(entries);
        const request = resourceRequest(who, asked, plural, { apiGroup: group });
        if (isAllowed(policy, request)) return;
        const expected = NAMES.filter((name) => isAllowed(policy, { ...request, name }));
        expect(namesAllowing(policy, request)).toEqual(expected.sort());
        if (expected.length > 0) some++;
      }),
      { numRuns: 3000 },
    );
    expect(some).toBeGreaterThan(3);
  });

  it('counts groups and service accounts, and no verb for another', () => {
    const policy = policyOf(
      [
        role('dev', 'r', ['list pods']),
        role('prod', 'r', ['watch pods']),
        roleBinding('dev', 'r', 'Role r', 'Group devs'),
        roleBinding('prod', 'r', 'Role r', 'Group devs'),
        roleBinding('ci', 'r', 'ClusterRole r', 'ServiceAccount ci:bot'),
        clusterRole('r', ['list pods']),
        clusterRole('names', ['list namespaces#dev', 'get namespaces#prod']),
        clusterRoleBinding('names', 'names', 'Group devs'),
      ].map((object) => ['s', object] as const),
    );
    const jane = user('jane', 'devs');
    expect(namespacesAllowing(policy, resourceRequest(jane, 'list', 'pods'))).toEqual(['dev']);
    expect(namespacesAllowing(policy, resourceRequest(jane, 'watch', 'pods'))).toEqual(['prod']);
    const bot = user('system:serviceaccount:ci:bot');
    expect(namespacesAllowing(policy, resourceRequest(bot, 'list', 'pods'))).toEqual(['ci']);
    expect(namesAllowing(policy, resourceRequest(jane, 'list', 'namespaces'))).toEqual(['dev']);
  });
});
