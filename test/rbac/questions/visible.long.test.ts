import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicyObject, PolicyView } from '../../../src/rbac/index.ts';
import { mayBeSeen, visibleObjects } from '../../../src/rbac/questions/visible.ts';
import { resourceRequest, user } from '../attributes.ts';
import { clusterRole, clusterRoleBinding, role, roleBinding } from '../objects.ts';
import { apiGroup, caller, isAllowed, NAMESPACES, policyOf, resource, world } from './random-worlds.ts';

const PLACES = ['', ...NAMESPACES].flatMap((namespace) =>
  ['a', 'b', '*', 'x'].map((name) => [namespace, name] as const),
);
const VERBS = [['get'], ['list'], ['watch'], ['list', 'get'], ['update'], []];

function policyWith(...objects: PolicyObject[]) {
  return policyOf(objects.map((object) => ['s', object] as const));
}

describe('what may be seen', { timeout: 30_000 }, () => {
  it('is what the decision allows by name, or for the whole namespace', () => {
    const seen = { yes: 0, no: 0 };
    fc.assert(
      fc.property(
        world,
        caller,
        apiGroup,
        resource,
        fc.constantFrom(...VERBS),
        (entries, who, group, plural, verbs) => {
          const policy = policyOf(entries);
          const visibility = visibleObjects(policy, who, { verbs, apiGroup: group, resource: plural });
          const allowed = (verb: string, namespace: string, name: string) =>
            isAllowed(policy, resourceRequest(who, verb, plural, { apiGroup: group, namespace, name }));
          for (const [namespace, name] of PLACES) {
            const expected = verbs.some(
              (verb) =>
                allowed(verb, namespace, name) ||
                (verb !== 'get' && verb !== 'update' && allowed(verb, namespace, '')),
            );
            expect(mayBeSeen(visibility, namespace, name)).toBe(expected);
            seen[expected ? 'yes' : 'no']++;
          }
        },
      ),
      { numRuns: 3000 },
    );
    expect(Math.min(seen.yes, seen.no)).toBeGreaterThan(2000);
  });

  const secrets = { apiGroup: '', resource: 'secrets' };
  const jane = user('jane', 'devs');

  it('is everything for a member of system:masters, and for whoever may list cluster-wide', () => {
    const policy = policyWith(
      clusterRole('all', ['list secrets']),
      clusterRoleBinding('all', 'all', 'Group devs'),
    );
    for (const [who, verbs] of [
      [jane, ['list']],
      [user('root', 'system:masters'), []],
    ] as const) {
      const visibility = visibleObjects(policy, who, { verbs, ...secrets });
      expect(visibility.everything).toBe(true);
      expect(mayBeSeen(visibility, 'dev', 'db') && mayBeSeen(visibility, '', 'x')).toBe(true);
    }
    expect(visibleObjects(policy, jane, { verbs: ['get'], ...secrets }).everything).toBe(false);
  });

  it('tells whole namespaces from names, and names of one namespace from those of all', () => {
    const policy = policyWith(
      role('dev', 'r', ['get,list secrets']),
      role('prod', 'r', ['get secrets#web', 'list secrets#cache']),
      clusterRole('r', ['get secrets#shared']),
      roleBinding('dev', 'r', 'Role r', 'Group devs'),
      roleBinding('prod', 'r', 'Role r', 'User jane'),
      roleBinding('prod', 'q', 'Role r', 'Group devs'),
      clusterRoleBinding('r', 'r', 'User jane'),
    );
    expect(visibleObjects(policy, jane, { verbs: ['list', 'get'], ...secrets })).toEqual({
      everything: false,
      namespaces: new Set(['dev']),
      namesEverywhere: new Set(['shared']),
      names: new Map([['prod', new Set(['web', 'cache'])]]),
    });
    expect(visibleObjects(policy, jane, { verbs: ['list'], ...secrets })).toMatchObject({
      namespaces: new Set(['dev']),
      namesEverywhere: new Set(),
      names: new Map([['prod', new Set(['cache'])]]),
    });
  });

  it('lets a RoleBinding show the Namespace that it is in', () => {
    const policy = policyWith(
      role('dev', 'r', ['get namespaces']),
      roleBinding('dev', 'r', 'Role r', 'User jane'),
    );
    const visibility = visibleObjects(policy, jane, {
      verbs: ['list', 'get'],
      apiGroup: '',
      resource: 'namespaces',
    });
    expect(['dev', 'prod'].map((name) => mayBeSeen(visibility, name, name))).toEqual([true, false]);
  });

  it('looks at the bindings of the caller alone', () => {
    const policy = policyWith(
      clusterRole('r', ['list secrets']),
      roleBinding('dev', 'b', 'ClusterRole r', 'User jane'),
      roleBinding('prod', 'b', 'ClusterRole r', 'User somebody-else'),
    );
    const never = () => {
      throw new Error("looked at what is not the caller's");
    };
    const view = policy.view();
    const narrow: PolicyView = {
      subjects: { ...view.subjects, namespaces: new Map() },
      bindingsNaming: (type, name) =>
        name === 'jane' || name === 'devs' ? view.bindingsNaming(type, name) : never(),
      bindings: never,
      subjectNames: never,
      slots: never,
      roles: never,
    };
    const visibility = visibleObjects({ ...policy, view: () => narrow }, jane, {
      verbs: ['list'],
      ...secrets,
    });
    expect([...visibility.namespaces]).toEqual(['dev']);
  });
});
