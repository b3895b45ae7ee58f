import { describe, expect, it } from 'vitest';
import type { LoggedRequest } from './audit-lines.ts';
import { dev, suggested, summary } from './suggest/suggested.ts';

const jane = { as: 'jane' };

describe('suggest', () => {
  it.each<[string, LoggedRequest[], string[]]>([
    ['nothing for nothing', [], []],
    [
      'a Role and its binding for requests in one namespace',
      [{ ...dev, verb: 'get', on: 'pods', name: 'a' }],
      ['Role dev: get pods#a', 'RoleBinding dev: Role to User jane'],
    ],
    [
      'verbs of the same resource in one rule',
      [
        { ...dev, verb: 'watch', on: 'pods' },
        { ...dev, verb: 'list', on: 'pods' },
      ],
      ['Role dev: list,watch pods', 'RoleBinding dev: Role to User jane'],
    ],
    [
      'resources of the same verbs in one rule, groups apart',
      [
        { ...dev, verb: 'list', on: 'pods' },
        { ...dev, verb: 'list', on: 'services' },
        { ...dev, verb: 'list', on: 'deployments.apps' },
      ],
      ['Role dev: list pods,services; list deployments.apps', 'RoleBinding dev: Role to User jane'],
    ],
    [
      'one resource of two groups in one rule',
      [
        { ...dev, verb: 'list', on: 'events' },
        { ...dev, verb: 'list', on: 'events.events.k8s.io' },
      ],
      ['Role dev: list events.|events.k8s.io', 'RoleBinding dev: Role to User jane'],
    ],
    [
      'several names as resourceNames, nameless verbs in a rule of their own',
      [
        { ...dev, verb: 'get', on: 'configmaps', name: 'b' },
        { ...dev, verb: 'get', on: 'configmaps', name: 'a' },
        // The name of a new object is in its body, that of a list in a field selector.
        { ...dev, verb: 'create', on: 'configmaps', name: 'c' },
        { ...dev, verb: 'list', on: 'configmaps', name: 'a' },
        { ...dev, verb: 'watch', on: 'configmaps', name: 'a' },
        { ...dev, verb: 'deletecollection', on: 'configmaps' },
      ],
      [
        'Role dev: get configmaps#a,b; list,watch,create,deletecollection configmaps',
        'RoleBinding dev: Role to User jane',
      ],
    ],
    [
      'create on a subresource with the name that its URL has',
      [{ ...dev, verb: 'create', on: 'pods/exec', name: 'a' }],
      ['Role dev: create pods/exec#a', 'RoleBinding dev: Role to User jane'],
    ],
    [
      'create besides, for an update or patch that made the object',
      [
        { ...dev, verb: 'patch', on: 'configmaps', name: 'a', code: 201 },
        { ...dev, verb: 'update', on: 'secrets', name: 's', code: 200 },
      ],
      [
        'Role dev: patch configmaps#a; create configmaps; update secrets#s',
        'RoleBinding dev: Role to User jane',
      ],
    ],
    [
      'a ClusterRole for cluster-wide requests, which then need nothing in a namespace',
      [
        { ...jane, verb: 'list', on: 'pods' },
        { ...dev, verb: 'list', on: 'pods' },
        { ...jane, verb: 'get', on: 'nodes', name: 'n1' },
      ],
      ['ClusterRole: get nodes#n1; list pods', 'ClusterRoleBinding: ClusterRole to User jane'],
    ],
    [
      'URLs, decoded and without the query',
      [
        { ...jane, verb: 'get', path: '/metrics?x=*' },
        { ...jane, verb: 'get', path: '/a%20b' },
        { ...jane, verb: 'post', path: '/a%20b' },
      ],
      ['ClusterRole: get,post /a b; get /metrics', 'ClusterRoleBinding: ClusterRole to User jane'],
    ],
    [
      'one ClusterRole for the same rights in several namespaces',
      [
        { ...dev, verb: 'list', on: 'pods' },
        { as: 'jane', ns: 'prod', verb: 'list', on: 'pods' },
      ],
      [
        'ClusterRole: list pods',
        'RoleBinding dev: ClusterRole to User jane',
        'RoleBinding prod: ClusterRole to User jane',
      ],
    ],
    [
      'one role for users with the same needs, service accounts as such',
      [
        { ...dev, verb: 'list', on: 'pods' },
        { as: 'bob', ns: 'dev', verb: 'list', on: 'pods' },
        { as: 'system:serviceaccount:ops:ci', ns: 'dev', verb: 'list', on: 'pods' },
        // No service account can have this name.
        { as: 'system:serviceaccount:ops:C_I', ns: 'dev', verb: 'list', on: 'pods' },
      ],
      [
        'Role dev: list pods',
        'RoleBinding dev: Role to User bob, User jane, User system:serviceaccount:ops:C_I, ServiceAccount ops/ci',
      ],
    ],
    [
      'nothing for who was not authenticated, for superusers, and for what was not yet decided',
      [
        { as: '', verb: 'list', on: 'pods' },
        { as: 'root', groups: ['system:masters'], verb: 'list', on: 'pods' },
        { ...jane, verb: 'list', on: 'pods', stage: 'RequestReceived' },
      ],
      [],
    ],
  ])('gives %s', (_, requests, expected) => {
    expect(summary(suggested(requests))).toEqual(expected);
    expect(suggested([...requests].reverse())).toEqual(suggested(requests));
    expect(suggested([...requests, ...requests])).toEqual(suggested(requests));
  });

  it.each<[string, LoggedRequest, string[]]>([
    [
      'the request to whom it was made as, and impersonate to who made it',
      {
        ...jane,
        to: { username: 'bob', groups: ['devs', 'system:authenticated'] },
        ns: 'dev',
        verb: 'list',
        on: 'pods',
      },
      [
        'ClusterRole: impersonate groups#devs; impersonate users#bob',
        'ClusterRoleBinding: ClusterRole to User jane',
        'Role dev: list pods',
        'RoleBinding dev: Role to User bob',
      ],
    ],
    [
      'uid and extra',
      { ...jane, to: { username: 'bob', uid: '7', extra: { scopes: ['x'] } }, verb: 'get', path: '/healthz' },
      [
        'ClusterRole: get /healthz',
        'ClusterRole: impersonate users#bob; impersonate uids.authentication.k8s.io#7; impersonate userextras/scopes.authentication.k8s.io#x',
        'ClusterRoleBinding: ClusterRole to User bob',
        'ClusterRoleBinding: ClusterRole to User jane',
      ],
    ],
    [
      'a service account in its namespace, without the groups that it has by itself',
      {
        ...jane,
        to: {
          username: 'system:serviceaccount:ops:ci',
          groups: ['system:serviceaccounts', 'system:serviceaccounts:ops', 'system:authenticated'],
        },
        ns: 'dev',
        verb: 'list',
        on: 'pods',
      },
      [
        'Role dev: list pods',
        'Role ops: impersonate serviceaccounts#ci',
        'RoleBinding dev: Role to ServiceAccount ops/ci',
        'RoleBinding ops: Role to User jane',
      ],
    ],
    [
      'nothing more to superusers on either side',
      {
        as: 'root',
        groups: ['system:masters'],
        to: { username: 'admin', groups: ['system:masters'] },
        verb: 'list',
        on: 'pods',
      },
      [],
    ],
    [
      'impersonate alone when a superuser is impersonated',
      { ...jane, to: { username: 'admin', groups: ['system:masters'] }, verb: 'list', on: 'pods' },
      [
        'ClusterRole: impersonate groups#system:masters; impersonate users#admin',
        'ClusterRoleBinding: ClusterRole to User jane',
      ],
    ],
    [
      "constrained impersonation's own verbs",
      {
        ...jane,
        to: { username: 'bob' },
        constraint: 'impersonate:user-info',
        ns: 'dev',
        verb: 'get',
        on: 'pods',
        name: 'a',
      },
      [
        'ClusterRole: impersonate:user-info users.authentication.k8s.io#bob',
        'ClusterRoleBinding: ClusterRole to User jane',
        'Role dev: get pods#a',
        'Role dev: impersonate-on:user-info:get pods#a',
        'RoleBinding dev: Role to User bob',
        'RoleBinding dev: Role to User jane',
      ],
    ],
    [
      'the node that impersonates its own node',
      {
        ...jane,
        to: { username: 'system:node:n1', groups: ['system:nodes'] },
        constraint: 'impersonate:associated-node',
        verb: 'list',
        on: 'pods',
      },
      [
        'ClusterRole: list pods',
        'ClusterRole: impersonate-on:associated-node:list pods; impersonate:associated-node nodes.authentication.k8s.io#*',
        'ClusterRoleBinding: ClusterRole to User system:node:n1',
        'ClusterRoleBinding: ClusterRole to User jane',
      ],
    ],
    [
      'a named node',
      {
        ...jane,
        to: { username: 'system:node:n1', groups: ['system:nodes'] },
        constraint: 'impersonate:arbitrary-node',
        verb: 'get',
        path: '/healthz',
      },
      [
        'ClusterRole: get /healthz',
        'ClusterRole: impersonate:arbitrary-node nodes.authentication.k8s.io#n1; impersonate-on:arbitrary-node:get /healthz',
        'ClusterRoleBinding: ClusterRole to User system:node:n1',
        'ClusterRoleBinding: ClusterRole to User jane',
      ],
    ],
  ])('gives under impersonation: %s', (_, request, expected) => {
    expect(summary(suggested([request])).sort()).toEqual([...expected].sort());
  });

  it.each<[string, LoggedRequest]>([
    ['only a wildcard would allow it', { ...dev, verb: 'list', on: '*' }],
    ['only a wildcard would allow it', { ...dev, verb: 'get', on: '*/log', name: 'a' }],
    ['only a wildcard would allow it', { ...dev, verb: 'list', on: 'pods.*' }],
    ['only a wildcard would allow it', { ...dev, verb: '*', on: 'pods' }],
    ['only a wildcard would allow it', { ...jane, verb: '*', path: '/healthz' }],
    ['only a wildcard would allow it', { ...jane, verb: 'get', path: '/api%2a' }],
    ['the method has no verb', { ...dev, verb: '', on: 'pods' }],
    ['there can be no namespace of this name', { ...dev, verb: 'list', on: 'pods', ns: '../x' }],
    ['the path cannot be decoded', { ...jane, verb: 'get', path: '/%ff' }],
    ['the path does not begin with /', { ...jane, verb: 'options', path: 'x' }],
    ['objectRef names no resource', { ...dev, verb: 'list', on: '' }],
  ])('leaves out, and says so: %s', (why, request) => {
    const told: string[] = [];
    const leftOut = (_: unknown, reason: string) => told.push(reason);
    expect(suggested([request, { ...dev, verb: 'list', on: 'pods' }], { leftOut })).toHaveLength(2);
    expect(told).toEqual([why]);
  });
});
