import { describe, expect, it } from 'vitest';
import { createImpersonation } from '../../../src/gateway/impersonate/index.ts';
import { createModeMemory } from '../../../src/gateway/impersonate/mode-memory.ts';
import { createSuccessCache, successKey } from '../../../src/gateway/impersonate/success-cache.ts';
import type { Attributes, UserInfo } from '../../../src/kube/index.ts';
import { getPod, raw, recordingAuthorizer } from './authorizer.ts';

const bob: UserInfo = { username: 'bob', groups: ['system:authenticated'] };
const agentOn = (node: string, account = 'system:serviceaccount:kube:agent'): UserInfo => ({
  username: account,
  groups: ['system:serviceaccounts'],
  extra: {
    'authentication.kubernetes.io/node-name': [node],
    'authentication.kubernetes.io/pod-name': [`p-${node}`],
  },
});

type Header = readonly [name: string, value: string];
const user = (name: string): Header => ['Impersonate-User', name];
const group = (name: string): Header => ['Impersonate-Group', name];
const extra = (key: string, value: string): Header => [`Impersonate-Extra-${encodeURIComponent(key)}`, value];

/** @param allowed questions as lines; a trailing star stands for anything */
function impersonationWith(allowed: readonly string[], clock = { now: 0 }) {
  const rights = new Set(allowed);
  const authorizer = recordingAuthorizer((question) =>
    [...rights].some((right) =>
      right.endsWith('*') ? question.startsWith(right.slice(0, -1)) : question === right,
    ),
  );
  const impersonate = createImpersonation({
    authorize: authorizer.authorize,
    constrained: true,
    now: () => clock.now,
  });
  return {
    ...authorizer,
    rights,
    as(caller: UserInfo, ...headers: readonly Header[]) {
      const outcome = impersonate(raw(...headers), caller, getPod);
      return outcome.outcome === 'refused'
        ? `${outcome.error.status.code} ${outcome.error.message}`
        : outcome;
    },
  };
}

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
    expect(impersonationWith([]).as(bob, ...headers)).toContain(text);
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
    expect(as(caller, user('system:node:n1'))).toMatch(/^403 .*impersonate-on:arbitrary-node:get/);
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

describe('what a caller did before', () => {
  it('decides which refusal is told: that of the mode that succeeded last', () => {
    const { as, rights } = impersonationWith(['bob impersonate /users/ :jane']);
    expect(as(bob, user('eve'))).toContain('cannot impersonate-on:user-info:get');
    expect(as(bob, user('jane'))).toMatchObject({ outcome: 'impersonated' });
    expect(as(bob, user('eve'))).toContain('cannot impersonate resource "users"');
    expect(as({ ...bob, username: 'al' }, user('eve'))).toContain('cannot impersonate-on:user-info:get');
    rights.clear();
    expect(as(bob, user('jane'))).toContain('cannot impersonate resource "users"');
  });

  it('counts for ten seconds, for the same caller, user and request', () => {
    const clock = { now: 1_000 };
    const { as, rights, asked } = impersonationWith(['bob *'], clock);
    const jane = [user('jane'), group('g')];
    as(bob, ...jane);
    rights.clear();
    const count = asked.length;
    clock.now += 9_999;
    expect(as(bob, ...jane)).toMatchObject({ outcome: 'impersonated', user: { username: 'jane' } });
    expect(asked.length).toBe(count);
    expect(as({ ...bob, groups: [] }, ...jane)).toMatch(/^403 /);
    expect(as({ ...bob, uid: 'other' }, ...jane)).toMatch(/^403 /);
    expect(as({ ...bob, extra: { token: ['other'] } }, ...jane)).toMatch(/^403 /);
    expect(as(bob, user('jane'))).toMatch(/^403 /);
    expect(as(bob, user('jane'), group('h'))).toMatch(/^403 /);
    expect(as(bob, user('eve'), group('g'))).toMatch(/^403 /);
    clock.now += 1;
    expect(as(bob, ...jane)).toMatch(/^403 /);
  });

  it('still has another request asked about', () => {
    const { authorize, lines } = recordingAuthorizer(() => true);
    const impersonate = createImpersonation({ authorize, constrained: true, now: () => 0 });
    const put = (caller: UserInfo): Attributes => ({ ...getPod(caller), verb: 'update' });
    impersonate(raw(user('jane')), bob, getPod);
    impersonate(raw(user('jane')), bob, put);
    expect(lines().slice(2)).toEqual(['bob impersonate-on:user-info:update /pods/ bar:foo']);
  });

  it('does not count for longer because other requests were made meanwhile', () => {
    const clock = { now: 0 };
    let allowed = true;
    const { authorize } = recordingAuthorizer((question) => allowed || question.includes('impersonate-on:'));
    const impersonate = createImpersonation({ authorize, constrained: true, now: () => clock.now });
    const doing = (verb: string) =>
      impersonate(raw(user('jane')), bob, (caller) => ({ ...getPod(caller), verb })).outcome;
    doing('get');
    allowed = false;
    clock.now = 9_000;
    expect(doing('list')).toBe('impersonated');
    clock.now = 10_000;
    expect(['get', 'list', 'watch'].map(doing)).toEqual(['refused', 'refused', 'refused']);
  });

  it('does not count for the legacy verb', () => {
    const { as, rights } = impersonationWith(['bob impersonate /users/ :jane']);
    as(bob, user('jane'));
    rights.clear();
    expect(as(bob, user('jane'))).toMatch(/^403 /);
  });
});

describe('the memory of impersonations', () => {
  it('forgets the oldest answers beyond its capacity', () => {
    const keys = ['a', 'b', 'c'].map((name) => successKey([name.repeat(40)]));
    const cache = createSuccessCache(() => 0, 2 * (keys[0]?.size ?? 0));
    for (const key of keys) cache.set(key, cache.fresh(bob));
    expect(keys.map((key) => cache.get(key)?.user)).toEqual([undefined, bob, bob]);
  });

  it('counts an answer given again once', () => {
    const key = successKey(['a']);
    const cache = createSuccessCache(() => 0, key.size);
    for (let turn = 0; turn < 3; turn++) cache.set(key, cache.fresh(bob));
    expect(cache.get(key)?.user).toBe(bob);
  });

  it('does not keep what is larger than all of it', () => {
    const key = successKey(['a'.repeat(100)]);
    const cache = createSuccessCache(() => 0, 50);
    cache.set(key, cache.fresh(bob));
    expect(cache.get(key)).toBeUndefined();
  });

  it('forgets the caller that impersonated longest ago', () => {
    const memory = createModeMemory(2);
    memory.set('a', 1);
    memory.set('b', 2);
    memory.get('a');
    memory.set('c', 3);
    expect([memory.get('a'), memory.get('b'), memory.get('c')]).toEqual([1, undefined, 3]);
  });
});
