import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createImpersonation } from '../../../src/gateway/impersonate/index.ts';
import type { Attributes, UserInfo } from '../../../src/kube/index.ts';
import { getPod, line, raw } from './authorizer.ts';

const NODE_NAME = 'authentication.kubernetes.io/node-name';
const CALLERS: readonly UserInfo[] = [
  { username: 'bob', groups: ['system:authenticated'] },
  { username: 'al', uid: '1', groups: ['g'], extra: { k: ['v'] } },
  { username: 'system:serviceaccount:kube:agent', groups: [], extra: { [NODE_NAME]: ['n1'] } },
  { username: 'system:serviceaccount:kube:agent', groups: [], extra: { [NODE_NAME]: ['n2'] } },
];

const names = fc.constantFrom(
  ...['jane', '', '*', 'bob', 'system:anonymous', 'system:masters', 'jürgen'],
  ...['system:node:n1', 'system:node:n2', 'system:node:*', 'system:node:', 'system:node:N1'],
  ...['system:serviceaccount:ns:sa', 'system:serviceaccount:ns:', 'system:serviceaccount:NS:sa'],
);
const groups = fc.constantFrom(
  'dev',
  'ops',
  'qa',
  '',
  '*',
  'system:masters',
  'system:authenticated',
  'system:unauthenticated',
  'system:nodes',
);
const extraKeys = fc.constantFrom(
  'acme.io%2Fteam',
  'acme.io%2fTEAM',
  'scopes',
  '',
  '%zz',
  '*',
  '__proto__',
  'a.io%2F%43',
);
const values = fc.constantFrom('a', 'b', 'c', '*', '');
const header = fc.oneof(
  fc.tuple(fc.constantFrom('Impersonate-User', 'impersonate-user'), names),
  fc.tuple(fc.constant('Impersonate-User'), names),
  fc.tuple(fc.constantFrom('Impersonate-Group', 'IMPERSONATE-GROUP'), groups),
  fc.tuple(fc.constantFrom('Impersonate-Uid', 'Impersonate-UID'), fc.constantFrom('u', '*', '')),
  fc.tuple(
    extraKeys.map((key) => `Impersonate-Extra-${key}`),
    values,
  ),
  fc.tuple(fc.constantFrom('Impersonate-Foo', 'Host', 'Accept'), values),
);
const step = fc.record({
  caller: fc.constantFrom(...CALLERS),
  verb: fc.constantFrom('get', 'update'),
  headers: fc.array(header, { maxLength: 7 }),
  /** Milliseconds that go by before. */
  pause: fc.constantFrom(0, 1, 5_000, 9_999, 10_000),
  /** What is allowed: a question whose hash falls below this. */
  generosity: fc.constantFrom(0, 60, 85, 95, 100),
});
const history = fc.record({ steps: fc.array(step, { minLength: 1, maxLength: 8 }), seed: fc.nat(1_000) });

function allows(attributes: Attributes, seed: number, generosity: number): boolean {
  let hash = seed;
  for (const character of line(attributes)) hash = (hash * 31 + character.charCodeAt(0)) % 65_521;
  return hash % 100 < generosity;
}

interface Allowed {
  readonly at: number;
  readonly step: number;
  readonly who: string;
  readonly verb: string;
  readonly what: string;
}

/** The identity of who asks; the values of a service account's extra are dropped for its own node only. */
function whoIs({ username, uid, groups: own, extra }: UserInfo, keysOnly: boolean): string {
  const keys = { 'authentication.kubernetes.io/associated-node-keys': Object.keys(extra ?? {}).sort() };
  return JSON.stringify([username, uid, own, keysOnly ? keys : extra]);
}

const whatOf = ({ apiGroup, resource, subresource, namespace, name }: Attributes) =>
  JSON.stringify([apiGroup, resource, subresource, namespace, name]);

/** Each part of an identity, as the questions of which one must have been allowed. Written anew, not taken from src. */
function partsOf(user: UserInfo, given: readonly string[], constraint: string | undefined): string[][] {
  const what = (apiGroup: string, resource: string, subresource: string, namespace: string, name: string) =>
    JSON.stringify([apiGroup, resource, subresource, namespace, name]);
  const authentication = 'authentication.k8s.io';
  const named = constraint === undefined ? '' : authentication;
  const account = /^system:serviceaccount:([a-z0-9]+):([a-z0-9]+)$/.exec(user.username);
  const node = constraint === undefined ? undefined : /^system:node:([a-z0-9]+)$/.exec(user.username)?.[1];
  const parts: string[][] = [];
  if (node !== undefined) {
    parts.push([what(named, 'nodes', '', '', constraint === 'impersonate:associated-node' ? '*' : node)]);
  } else if (account !== null) {
    parts.push([what(named, 'serviceaccounts', '', account[1] ?? '', account[2] ?? '')]);
  } else parts.push([what(named, 'users', '', '', user.username)]);
  if (user.uid !== undefined) parts.push([what(authentication, 'uids', '', '', user.uid)]);
  const any = (one: string, all: string) => (constraint === undefined ? [one] : [one, all]);
  for (const group of given) {
    parts.push(any(what(named, 'groups', '', '', group), what(named, 'groups', '', '', '*')));
  }
  for (const [key, list] of Object.entries(user.extra ?? {})) {
    for (const value of list) {
      parts.push(
        any(
          what(authentication, 'userextras', key, '', value),
          what(authentication, 'userextras', '*', '', '*'),
        ),
      );
    }
  }
  return parts;
}

/** The groups that nobody has to ask for. */
function automaticGroups({ username }: UserInfo): string[] {
  const namespace = /^system:serviceaccount:([a-z0-9]+):[a-z0-9]+$/.exec(username)?.[1];
  return [
    ...['system:authenticated', 'system:unauthenticated'],
    ...(/^system:node:[a-z0-9]+$/.test(username) ? ['system:nodes'] : []),
    ...(namespace === undefined ? [] : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]),
  ];
}

describe.each([false, true])('S-262 impersonation, constrained: %s', (constrained) => {
  it('never grants an identity that was not asked about and allowed to this caller', () => {
    let granted = 0;
    fc.assert(
      fc.property(history, ({ steps, seed }) => {
        let clock = 0;
        let step = -1;
        let generosity = 0;
        const allowed: Allowed[] = [];
        const authorize = (attributes: Attributes) => {
          const isAllowed = allows(attributes, seed, generosity);
          const { verb, user } = attributes;
          if (isAllowed)
            allowed.push({ at: clock, step, who: whoIs(user, false), verb, what: whatOf(attributes) });
          return { decision: isAllowed ? ('allow' as const) : ('noOpinion' as const), reason: '' };
        };
        const impersonate = createImpersonation({ authorize, constrained, now: () => clock });
        for (const { caller, verb, headers, pause, generosity: next } of steps) {
          clock += pause;
          step++;
          generosity = next;
          const question = (user: UserInfo): Attributes => ({ ...getPod(user), verb });
          const outcome = impersonate(raw(...headers), caller, question);
          const first = headers.find(([name]) => name.toLowerCase() === 'impersonate-user')?.[1] ?? '';
          if (outcome.outcome === 'none') expect(first).toBe('');
          if (outcome.outcome !== 'impersonated') continue;
          granted++;
          const { user, constraint } = outcome;
          expect(user.username).toBe(first);
          // Legacy answers hold for one request, constrained ones for ten seconds.
          const counts = (one: Allowed) =>
            constraint === undefined ? one.step === step : clock - one.at < 10_000;
          const who = whoIs(caller, constraint === 'impersonate:associated-node');
          const wasAllowed = (asked: string, what: string) =>
            allowed.some((one) => counts(one) && one.who === who && one.verb === asked && one.what === what);
          const given = headers
            .filter(([name]) => /^impersonate-group$/i.test(name))
            .map(([, group]) => group);
          for (const group of user.groups) expect([...given, ...automaticGroups(user)]).toContain(group);
          for (const part of partsOf(user, given, constraint)) {
            expect(part.some((what) => wasAllowed(constraint ?? 'impersonate', what))).toBe(true);
          }
          if (constraint !== undefined) {
            const on = constraint.replace('impersonate:', 'impersonate-on:');
            expect(wasAllowed(`${on}:${verb}`, whatOf(question(caller)))).toBe(true);
            expect(user.groups).not.toContain('system:masters');
          }
        }
      }),
      { numRuns: 1_500 },
    );
    expect(granted).toBeGreaterThan(200);
  });
});
