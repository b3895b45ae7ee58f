import { describe, expect, it } from 'vitest';
import type { PolicyObject } from '../../../src/rbac/index.ts';
import { type ChangedRight, diffPolicies } from '../../../src/rbac/questions/diff.ts';
import type { Right } from '../../../src/rbac/questions/right.ts';
import { TooManyRightsError } from '../../../src/rbac/questions/too-many-rights-error.ts';
import { aggregated, clusterRole, clusterRoleBinding, role, roleBinding } from '../objects.ts';
import { policyOf } from './random-worlds.ts';

const all = clusterRole('all', ['* @*:*', '* /*']);
const view = clusterRole('view', ['list,get pods', 'get secrets#db'], { sum: 'yes' });
const jane = clusterRoleBinding('jane', 'view', 'User jane');
const devs = roleBinding('dev', 'devs', 'ClusterRole view', 'Group devs', 'User jane');
const sum = aggregated('sum', [{ sum: 'yes' }]);
const sums = roleBinding('prod', 'sum', 'ClusterRole sum', 'ServiceAccount ci');
const IN_DEV = ['dev /pods get,list', 'dev /secrets db get'];
const EVERYWHERE = ['* /pods get,list', '* /secrets db get'];
const WHOLE = ['* */* *', '/* *'];

type Expected = Record<string, { readonly gains?: readonly string[]; readonly losses?: readonly string[] }>;
const TABLE: readonly [string, readonly PolicyObject[], readonly PolicyObject[], Expected][] = [
  [
    'nothing, when only the way to a right changed',
    [view, jane],
    [
      clusterRole('v', ['get pods', 'get,list pods', 'get secrets#db']),
      clusterRoleBinding('other', 'v', 'User jane'),
    ],
    {},
  ],
  ['a new binding', [view], [view, devs], { devs: { gains: IN_DEV }, jane: { gains: IN_DEV } }],
  ['a removed binding', [view, devs], [view], { devs: { losses: IN_DEV }, jane: { losses: IN_DEV } }],
  [
    'a subject taken off',
    [view, devs],
    [view, roleBinding('dev', 'devs', 'ClusterRole view', 'User jane')],
    { devs: { losses: IN_DEV } },
  ],
  [
    'a changed role',
    [view, jane],
    [clusterRole('view', ['get,watch pods', 'get secrets#db']), jane],
    { jane: { gains: ['* /pods watch'], losses: ['* /pods list'] } },
  ],
  ['a removed role', [view, jane], [jane], { jane: { losses: EVERYWHERE } }],
  ['a dangling roleRef that comes alive', [jane], [jane, view], { jane: { gains: EVERYWHERE } }],
  [
    'a role that an aggregated one gathers',
    [sum, sums],
    [sum, sums, view],
    { ci: { gains: ['prod /pods get,list', 'prod /secrets db get'] } },
  ],
  [
    'a label that takes a role out of an aggregated one',
    [sum, sums, view],
    [sum, sums, clusterRole('view', ['get pods'])],
    { ci: { losses: ['prod /pods get,list', 'prod /secrets db get'] } },
  ],
  [
    'a namespace that becomes everywhere, with what was held there',
    [view, devs],
    [view, devs, jane],
    {
      jane: {
        gains: ['* /pods get,list except dev /pods get,list', '* /secrets db get except dev /secrets db get'],
      },
    },
  ],
  [
    'nothing in a namespace, when the right is held everywhere',
    [view, jane],
    [view, jane, roleBinding('dev', 'b', 'ClusterRole view', 'User jane')],
    {},
  ],
  [
    'everything, once: not each right in it again',
    [view],
    [view, all, jane, clusterRoleBinding('all', 'all', 'User jane')],
    { jane: { gains: WHOLE } },
  ],
  [
    'all of `*` but what is kept',
    [all, clusterRoleBinding('all', 'all', 'User jane')],
    [view, jane],
    { jane: { losses: [`* */* * except ${EVERYWHERE.join(' and ')}`, '/* *'] } },
  ],
  [
    'what was held everywhere once, not again for each namespace',
    [view, all, jane, devs],
    [view, all, jane, devs, clusterRoleBinding('all', 'all', 'User jane')],
    { jane: { gains: [`* */* * except ${EVERYWHERE.join(' and ')}`, '/* *'] } },
  ],
  [
    'all names, when one was held',
    [role('dev', 'r', ['get secrets#db']), roleBinding('dev', 'r', 'Role r', 'User jane')],
    [role('dev', 'r', ['get secrets']), roleBinding('dev', 'r', 'Role r', 'User jane')],
    { jane: { gains: ['dev /secrets get except dev /secrets db get'] } },
  ],
  [
    'the same in many namespaces, as one right',
    [view],
    [
      view,
      ...['b', 'a', 'c'].map((namespace) => roleBinding(namespace, 'x', 'ClusterRole view', 'Group devs')),
    ],
    { devs: { gains: ['a,b,c /pods get,list', 'a,b,c /secrets db get'] } },
  ],
  [
    'nothing for members of system:masters: they may do everything',
    [all],
    [all, clusterRoleBinding('m', 'all', 'Group system:masters')],
    {},
  ],
  [
    'nothing for a path in a RoleBinding',
    [clusterRole('r', ['get /x'])],
    [clusterRole('r', ['get /x']), roleBinding('dev', 'r', 'ClusterRole r', 'User jane')],
    {},
  ],
  [
    'a path, whatever its stars',
    [clusterRole('r', ['get /x**']), clusterRoleBinding('r', 'r', 'User jane')],
    [clusterRole('r', ['get /x*', 'get /y']), clusterRoleBinding('r', 'r', 'User jane')],
    { jane: { gains: ['/y get'] } },
  ],
];

function diff(before: readonly PolicyObject[], after: readonly PolicyObject[]) {
  const [from, to] = [before, after].map((objects) =>
    policyOf(objects.map((object) => ['s', object] as const)),
  );
  return diffPolicies(from!, to!);
}

function line(right: Right): string {
  const on =
    'path' in right
      ? [right.path]
      : [right.namespaces.join(), `${right.apiGroup}/${right.resource}`, right.resourceName ?? ''];
  return [...on, right.verbs.join()].filter((part) => part !== '').join(' ');
}

function lines(rights: readonly ChangedRight[]): string[] {
  return rights.map((right) =>
    [line(right), (right.except ?? []).map(line).join(' and ')]
      .filter((part) => part !== '')
      .join(' except '),
  );
}

describe('diff', () => {
  it.each(TABLE)('reports %s', (_, before, after, expected) => {
    const found = diff(before, after).map(({ subject, gains, losses }) => [
      subject.name,
      { gains: lines(gains), losses: lines(losses) },
    ]);
    const wanted = Object.entries(expected).map(([name, { gains = [], losses = [] }]) => [
      name,
      { gains, losses },
    ]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted));
  });

  it('names users, then groups, then service accounts', () => {
    const everybody = clusterRoleBinding('b', 'view', 'ServiceAccount ns:a', 'Group a', 'User b', 'User a');
    expect(diff([view], [view, everybody]).map(({ subject }) => subject)).toEqual([
      { kind: 'User', name: 'a' },
      { kind: 'User', name: 'b' },
      { kind: 'Group', name: 'a' },
      { kind: 'ServiceAccount', namespace: 'ns', name: 'a' },
    ]);
  });

  const names = Array.from({ length: 300 }, (_, index) => `r${index}`);
  const wide: PolicyObject = {
    kind: 'ClusterRole',
    metadata: { name: 'view' },
    rules: [{ verbs: ['get'], apiGroups: names, resources: names }],
  };

  it('takes a role apart only where it changed, and refuses one that comes apart into too much', () => {
    const inDev = roleBinding('dev', 'b', 'ClusterRole view', 'User jane');
    expect(diff([wide, jane], [wide, jane, inDev])).toEqual([]);
    expect(() => diff([wide], [wide, jane])).toThrow(TooManyRightsError);
    expect(() => diff([wide], [wide, jane])).toThrow('ClusterRole "view" comes apart into more than 50000');
  });

  it('takes a role that is bound in a thousand places apart once', () => {
    const bindings = Array.from({ length: 5_000 }, (_, index) =>
      roleBinding(`ns${index % 1000}`, `b${index}`, 'ClusterRole view', `User u${index}`),
    );
    const rules = names.map((name) => `get,list,watch,create,update,patch,delete ${name}`);
    const changes = diff(
      [...bindings, clusterRole('view', rules)],
      [...bindings, clusterRole('view', [...rules, 'approve r0'])],
    );
    expect(changes).toHaveLength(5_000);
    expect(lines(changes[0]!.gains)).toEqual(['ns0 /r0 approve']);
  });
});
