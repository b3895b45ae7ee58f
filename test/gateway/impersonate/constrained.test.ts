import { describe, expect, it } from 'vitest';
import type { UserInfo } from '../../../src/kube/index.ts';
import { bob, extra, group, type Header, impersonationWith, user } from './impersonation-with.ts';

const agentOn = (node: string, account = 'system:serviceaccount:kube:agent'): UserInfo => ({
  username: account,
  groups: ['system:serviceaccounts'],
  extra: {
    'authentication.kubernetes.io/node-name': [node],
    'authentication.kubernetes.io/pod-name': [`p-${node}`],
  },
});

const GET = '/pods/ bar:foo';
const IDENTITY = 'authentication.k8s.io';

describe('constrained impersonation', () => {
  it.each([
    ['user-info', bob, [user('jane')], [`users/ :jane`], ['system:authenticated']],
    [
      'serviceaccount',
      bob,
      [user('system:serviceaccount:ns:sa')],
      ['serviceaccounts/ ns:sa'],
      ['system:serviceaccounts', 'system:serviceaccounts:ns', 'system:authenticated'],
    ],
    [
      'arbitrary-node',
      bob,
      [user('system:node:n1')],
      ['nodes/ :n1'],
      ['system:nodes', 'system:authenticated'],
    ],
    [
      'associated-node',
      agentOn('n1'),
      [user('system:node:n1')],
      ['nodes/ :*'],
      ['system:nodes', 'system:authenticated'],
    ],
  ] as const)(
    '%s asks about the request, then about the identity',
    (mode, caller, headers, identity, groups) => {
      const { as, lines } = impersonationWith([`${caller.username} *`]);
      expect(as(caller, ...headers)).toEqual({
        outcome: 'impersonated',
        user: { username: headers[0][1], groups },
        constraint: `impersonate:${mode}`,
      });
      expect(lines()).toEqual([
        `${caller.username} impersonate-on:${mode}:get ${GET}`,
        ...identity.map((asked) => `${caller.username} impersonate:${mode} ${IDENTITY}/${asked}`),
      ]);
    },
  );

  it.each([
    ['the identity only', ['bob impersonate:user-info *']],
    ['the request only', ['bob impersonate-on:user-info:get *']],
    ['the request with another verb', ['bob impersonate:user-info *', 'bob impersonate-on:user-info:list *']],
    [
      'the request in another mode',
      ['bob impersonate:user-info *', 'bob impersonate-on:serviceaccount:get *'],
    ],
    ['the identity in the core group', ['bob impersonate-on:*', 'bob impersonate:user-info /users/ :jane']],
  ])('is not allowed by %s', (_name, allowed) => {
    expect(impersonationWith(allowed).as(bob, user('jane'))).toMatch(/^403 /);
  });

  it.each([
    [
      'system:node:n1 with a group',
      [user('system:node:n1'), group('g')],
      'users "system:node:n1" is forbidden: User "bob" cannot impersonate resource',
    ],
    [
      'system:node:n1 with a uid',
      [user('system:node:n1'), ['Impersonate-Uid', 'u']],
      'users "system:node:n1" is forbidden: User "bob" cannot impersonate resource',
    ],
    [
      'a service account with extra',
      [user('system:serviceaccount:ns:sa'), extra('a.io/b', 'v')],
      'serviceaccounts "sa" is forbidden: User "bob" cannot impersonate resource',
    ],
    [
      'system:node:N1, no node',
      [user('system:node:N1')],
      'pods "foo" is forbidden: User "bob" cannot impersonate-on:user-info:get resource "pods" in API group "" in the namespace "bar"',
    ],
  ] as const)('%s is left to the fitting mode', (_name, headers, text) => {
    expect(impersonationWith(['bob impersonate:*']).as(bob, ...headers)).toContain(text);
  });

  it.each([
    [
      'neither of a mode’s two rights',
      [],
      'users "jane" is forbidden: User "bob" cannot impersonate resource "users"',
    ],
    [
      'a right of a mode that does not fit',
      ['bob impersonate:serviceaccount *', 'bob impersonate-on:serviceaccount:get *'],
      'users "jane" is forbidden: User "bob" cannot impersonate resource "users"',
    ],
    [
      'that on the user only',
      ['bob impersonate:user-info *'],
      'cannot impersonate-on:user-info:get resource "pods"',
    ],
    ['that on the request only', ['bob impersonate-on:*'], 'cannot impersonate:user-info resource "users"'],
  ])('tells whoever has %s of what is missing', (_name, rights, text) => {
    expect(impersonationWith(rights).as(bob, user('jane'))).toContain(text);
  });

  const cannot = (what: string) =>
    `User "bob" cannot impersonate:user-info resource "${what}" in API group "${IDENTITY}" at the cluster scope: impersonating`;
  it.each([
    [
      'the empty group',
      [group('')],
      `groups.${IDENTITY} is forbidden: ${cannot('groups')} the empty string group is not allowed`,
    ],
    [
      'system:masters',
      [group('system:masters')],
      `groups.${IDENTITY} "system:masters" is forbidden: ${cannot('groups')} the system:masters group is not allowed`,
    ],
    [
      'system:masters among many',
      ['a', 'b', 'c', 'd', 'system:masters'].map(group),
      `groups.${IDENTITY} "system:masters" is forbidden: ${cannot('groups')} the system:masters group is not allowed`,
    ],
    [
      'an empty extra key',
      [extra('', 'v')],
      `${cannot('userextras')} the empty string key in extra is not allowed`,
    ],
    [
      'a key without domain',
      [extra('scopes', 'v')],
      `${cannot('userextras')} an invalid key in extra is not allowed: extra.key: Invalid value: "scopes": must be a domain-prefixed path (such as "acme.io/foo")`,
    ],
    [
      'a key with a bad domain',
      [extra('a_b/c', 'v')],
      `${cannot('userextras')} an invalid key in extra is not allowed: extra.key: Invalid value: "a_b": a lowercase RFC 1123 subdomain`,
    ],
    [
      'a key with a bad path',
      [extra('a.io/c d', 'v')],
      `${cannot('userextras')} an invalid key in extra is not allowed: extra.key: Invalid value: "c d": Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')`,
    ],
    [
      'a key with an encoded capital',
      [['Impersonate-Extra-a.io%2Fb%43', 'v']],
      `${cannot('userextras')} a non-lowercase key in extra is not allowed: "a.io/bC"`,
    ],
    [
      'an empty extra value',
      [extra('a.io/b', '')],
      `${cannot('userextras')} the empty string value in extra is not allowed`,
    ],
  ] as const)('never gives %s', (_name, headers, text) => {
    const { as } = impersonationWith(['bob impersonate-on:user-info:get *', 'bob impersonate:user-info *']);
    expect(as(bob, user('jane'), ...(headers as readonly Header[]))).toContain(text);
  });

  it('leaves system:masters to those who hold the legacy right', () => {
    const { as } = impersonationWith(['bob impersonate*']);
    expect(as(bob, user('jane'), group('system:masters'))).toEqual({
      outcome: 'impersonated',
      user: { username: 'jane', groups: ['system:masters', 'system:authenticated'] },
    });
  });

  const mode = 'bob impersonate:user-info authentication.k8s.io';
  const on = `bob impersonate-on:user-info:get ${GET}`;
  it('asks for four groups at once, and one by one when that is refused', () => {
    const groups = ['a', 'b', 'c', 'd'];
    const all = impersonationWith([on, `${mode}/users/ :jane`, `${mode}/groups/ :*`]);
    const each = impersonationWith([
      on,
      `${mode}/users/ :jane`,
      ...groups.map((name) => `${mode}/groups/ :${name}`),
    ]);
    // The line of the wildcard question ends in a star; as a right of the second it would be a prefix.
    each.rights.delete(`${mode}/groups/ :*`);
    expect(all.as(bob, user('jane'), ...groups.map(group))).toMatchObject({ outcome: 'impersonated' });
    expect(all.lines().at(-1)).toBe(`${mode}/groups/ :*`);
    expect(each.as(bob, user('jane'), ...groups.map(group))).toMatchObject({ outcome: 'impersonated' });
    expect(each.lines().slice(2)).toEqual(['*', ...groups].map((name) => `${mode}/groups/ :${name}`));
  });

  it('asks for three groups one by one', () => {
    const { as, lines } = impersonationWith(['bob *']);
    as(bob, user('jane'), ...['a', 'b', 'c'].map(group));
    expect(lines().slice(2)).toEqual(['a', 'b', 'c'].map((name) => `${mode}/groups/ :${name}`));
  });

  it('asks for four extra values at once', () => {
    const { as, lines } = impersonationWith(['bob *']);
    as(bob, user('jane'), ...['a', 'b', 'c'].map((value) => extra('a.io/k', value)), extra('a.io/l', 'd'));
    expect(lines().slice(2)).toEqual([`${mode}/userextras/* :*`]);
  });
});

describe('a service account on a node', () => {
  const agent = 'system:serviceaccount:kube:agent';
  const rights = [`${agent} impersonate-on:associated-node:get *`, `${agent} impersonate:associated-node *`];

  it.each([
    ['another node', agentOn('n2')],
    ['two nodes', { ...agentOn('n1'), extra: { 'authentication.kubernetes.io/node-name': ['n1', 'n1'] } }],
    ['no node', { ...agentOn('n1'), extra: {} }],
    ['its node, but no service account', agentOn('n1', 'agent')],
  ])('may not be n1 with %s', (_name, caller) => {
    const { as } = impersonationWith([
      ...rights,
      'agent impersonate-on:associated-node:get *',
      'agent impersonate:associated-node *',
    ]);
    expect(as(caller, user('system:node:n1'))).toMatch(/^403 users "system:node:n1" is forbidden/);
  });

  it('is asked about without the values of its extra, so that the answer counts on each node', () => {
    const { as, asked } = impersonationWith(rights);
    expect(as(agentOn('n1'), user('system:node:n1'))).toMatchObject({ user: { username: 'system:node:n1' } });
    const keys = ['authentication.kubernetes.io/node-name', 'authentication.kubernetes.io/pod-name'];
    for (const { user: asker } of asked) {
      expect(asker.extra).toEqual({ 'authentication.kubernetes.io/associated-node-keys': keys });
    }
    expect(as(agentOn('n2'), user('system:node:n2'))).toMatchObject({ user: { username: 'system:node:n2' } });
    expect(asked.length).toBe(2);
    expect(as(agentOn('n2'), user('system:node:n1'))).toMatch(/^403 /);
  });
});
