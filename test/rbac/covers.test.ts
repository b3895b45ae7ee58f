import { describe, expect, it } from 'vitest';
import { covers, permissionCount, permissionsOf } from '../../src/rbac/covers.ts';
import { compileRule } from '../../src/rbac/rule.ts';
import { rule } from './objects.ts';

describe('a rule covers another', () => {
  it.each([
    ['get pods', 'get pods', true],
    ['* pods', 'get pods', true],
    ['get pods', '* pods', false],
    ['get,list pods', 'get,list pods', true],
    ['get,list pods', 'get,watch pods', false],
    ['get @*:pods', 'get @apps:pods', true],
    ['get @apps:pods', 'get @*:pods', false],
    ['get *', 'get pods/log', true],
    ['get */log', 'get pods/log', true],
    ['get */log', 'get */log', true],
    ['get */log', 'get pods/log/x', false],
    ['get */log/x', 'get pods/log/x', true],
    ['get pods', 'get pods/log', false],
    ['get pods/*', 'get pods/log', false],
    ['get pods,services', 'get *', false],
    ['get secrets', 'get secrets#a', true],
    ['get secrets#a', 'get secrets', false],
    ['get secrets#a,b', 'get secrets#a', true],
    ['get secrets#a,b', 'get secrets#a,c', false],
    ['get secrets#*', 'get secrets#a', false],
    ['get /healthz', 'get /healthz', true],
    ['get /healthz*', 'get /healthz/x', true],
    ['get /healthz/*', 'get /healthz', false],
    ['get /healthz*', 'get /healthz*', true],
    ['get /healthz/*', 'get /healthz*', false],
    ['get pods', 'get /pods', false],
    ['get /pods', 'get pods', false],
  ])('%s over %s: %s', (owner, wanted, covered) => {
    const owned = compileRule(rule(owner));
    const permissions = [...permissionsOf(compileRule(rule(wanted)))];
    expect(permissions).not.toEqual([]);
    expect(permissions.every((permission) => covers(owned, permission))).toBe(covered);
  });

  it.each([
    [
      {
        verbs: ['get', 'list'],
        apiGroups: ['', 'apps'],
        resources: ['a', 'b', 'c'],
        resourceNames: ['x', 'y'],
      },
      24,
    ],
    [{ verbs: ['get', 'list'], nonResourceURLs: ['/a', '/b'] }, 4],
    [{ verbs: [], apiGroups: [''], resources: ['a'] }, 0],
    [{ verbs: ['get'], apiGroups: [], resources: ['a'] }, 0],
    [{ verbs: ['get'], apiGroups: [''], resources: ['a'], nonResourceURLs: ['/a'] }, 2],
  ])('and comes apart into so many permissions: %j, %i', (written, count) => {
    const compiled = compileRule(written);
    expect([...permissionsOf(compiled)]).toHaveLength(count);
    expect(permissionCount(compiled)).toBe(count);
  });
});
