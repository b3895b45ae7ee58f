import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attributes, UserInfo } from '../../../src/kube/index.ts';
import { createPolicy, type PolicyObject, validatePolicyObject } from '../../../src/rbac/index.ts';
import { lint } from '../../../src/rbac/questions/lint.ts';
import type { AuditEvent } from '../../../src/rbac/questions/suggest/audit-event.ts';
import { readAuditEvents } from '../../../src/rbac/questions/suggest/read-audit-events.ts';
import { type SuggestOptions, suggest } from '../../../src/rbac/questions/suggest.ts';
import { pathRequest, resourceRequest } from '../attributes.ts';
import { createLinearEvaluator } from '../linear-evaluator.ts';
import { auditLog, type LoggedRequest } from './audit-lines.ts';
import { lintPolicy } from './lint-policy.ts';

const NAMELESS = ['create', 'list', 'watch', 'deletecollection'];
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const RESOURCES = ['pods', 'pods/log', 'pods/exec', 'deployments.apps', 'secrets'];
const NAMESPACES = ['', 'dev', 'prod'];
const NAMES = ['', 'a', 'b', 'c'];
const PATHS = ['/healthz', '/healthz/x', '/metrics'];
const USERS: Readonly<Record<string, readonly string[]>> = {
  jane: ['devs', 'system:authenticated'],
  bob: ['system:authenticated'],
  'system:serviceaccount:dev:ci': [
    'system:serviceaccounts',
    'system:serviceaccounts:dev',
    'system:authenticated',
  ],
  root: ['system:masters', 'system:authenticated'],
};

const oneOf = (words: readonly string[], odd: readonly string[] = []) =>
  fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...words) },
    ...(odd.length === 0 ? [] : [{ weight: 1, arbitrary: fc.constantFrom(...odd) }]),
  );
const who = oneOf(Object.keys(USERS));
const resourceLine = fc.record({
  as: who,
  verb: oneOf(VERBS, ['', '*', 'bind', 'GET']),
  on: oneOf(RESOURCES, ['*', '*/log', 'pods/*', 'pods.*', 'Pods']),
  ns: oneOf(NAMESPACES, ['*', 'No', '..']),
  name: oneOf(NAMES, ['*', 'x:y']),
  to: fc.option(who, { nil: undefined, freq: 6 }),
  code: fc.constantFrom(200, 201, 403),
});
const pathLine = fc.record({
  as: who,
  verb: oneOf(['get', 'post'], ['*', '']),
  path: oneOf(PATHS, ['/healthz*', '*', '/%2a']),
  to: fc.option(who, { nil: undefined, freq: 6 }),
  code: fc.constantFrom(200, 403),
});
type ValueOf<T> = T extends fc.Arbitrary<infer V> ? V : never;
type Line = ValueOf<typeof resourceLine> | ValueOf<typeof pathLine>;
const log = fc.array(fc.oneof({ weight: 4, arbitrary: resourceLine }, pathLine), { maxLength: 25 });

function events(lines: readonly Line[]): AuditEvent[] {
  const requests = lines.map(
    ({ to, ...line }): LoggedRequest => ({
      ...line,
      groups: USERS[line.as] ?? [],
      ...(to === undefined ? {} : { to: { username: to, groups: USERS[to] ?? [] } }),
    }),
  );
  return readAuditEvents(auditLog(requests));
}

const caller = (username: string): UserInfo => ({ username, groups: USERS[username] ?? [] });

/** What kube-apiserver asked its authorizer for the event, written without a look at the code under test. */
function asked({ user, impersonatedUser, verb, objectRef, requestURI, code }: AuditEvent): Attributes[] {
  const effective = caller((impersonatedUser ?? user)?.username ?? '');
  const checks: Attributes[] = [];
  if (objectRef === undefined) {
    checks.push(pathRequest(effective, verb, decodeURIComponent(requestURI)));
  } else {
    const { resource, name, ...rest } = objectRef;
    // A new object's name is in its body only; a list may carry one from its field selector.
    const seen = verb === 'deletecollection' || (verb === 'create' && rest.subresource === '') ? '' : name;
    checks.push(resourceRequest(effective, verb, resource, { ...rest, name: seen }));
    if (['update', 'patch'].includes(verb) && code === 201) {
      checks.push(resourceRequest(effective, 'create', resource, { ...rest, name }));
    }
  }
  if (impersonatedUser !== undefined) {
    const real = caller(user?.username ?? '');
    const [, , namespace, account] = impersonatedUser.username.split(':');
    checks.push(
      account === undefined || namespace === undefined
        ? resourceRequest(real, 'impersonate', 'users', { name: impersonatedUser.username })
        : resourceRequest(real, 'impersonate', 'serviceaccounts', { namespace, name: account }),
    );
    for (const group of impersonatedUser.groups.filter(
      (one) => !one.startsWith('system:') || one === 'system:masters',
    )) {
      checks.push(resourceRequest(real, 'impersonate', 'groups', { name: group }));
    }
  }
  return checks;
}

/** Whether one of the questions that the log shows gives the right to ask this one. */
function isInLog(log: readonly Attributes[], wanted: Attributes): boolean {
  return log.some((seen) => {
    if (seen.user.username !== wanted.user.username || seen.verb !== wanted.verb) return false;
    if (!seen.isResourceRequest) return seen.path === wanted.path && !wanted.isResourceRequest;
    // Creating, listing, … are not confined by name, and a request across all namespaces needs them all.
    const nameless = NAMELESS.includes(seen.verb) && !(seen.verb === 'create' && seen.subresource !== '');
    return (
      seen.resource === wanted.resource &&
      seen.subresource === wanted.subresource &&
      seen.apiGroup === wanted.apiGroup &&
      (seen.namespace === '' || seen.namespace === wanted.namespace) &&
      (nameless || seen.name === '' || seen.name === wanted.name)
    );
  });
}

function* everyRequest(): Generator<Attributes> {
  for (const username of Object.keys(USERS).filter((name) => name !== 'root')) {
    const user = caller(username);
    for (const path of [...PATHS, '/other'])
      yield* ['get', 'post', 'put'].map((verb) => pathRequest(user, verb, path));
    for (const full of [...RESOURCES, 'configmaps', 'users', 'groups', 'serviceaccounts']) {
      const [plain = '', subresource = ''] = full.split('/');
      const [resource = '', ...group] = plain.split('.');
      for (const verb of [...VERBS, 'impersonate', 'bind', 'use'])
        for (const namespace of NAMESPACES)
          for (const name of [...NAMES, 'jane'])
            yield resourceRequest(user, verb, resource, {
              apiGroup: group.join('.'),
              subresource,
              namespace,
              name,
            });
    }
  }
}
const EVERY_REQUEST = [...everyRequest()];

function suggestWithRest(from: readonly AuditEvent[], options: SuggestOptions = {}) {
  const rest = new Map<AuditEvent, string>();
  const objects = suggest(from, { ...options, leftOut: (event, why) => rest.set(event, why) });
  return { objects, rest, kept: from.filter((event) => !rest.has(event)) };
}

function policyOf(objects: readonly PolicyObject[]) {
  const policy = createPolicy();
  for (const object of objects) policy.put('s', object);
  return policy;
}

describe('what is suggested for any log', () => {
  it('allows the whole log', () => {
    let allowed = 0;
    fc.assert(
      fc.property(log, fc.constantFrom(undefined, 1), (lines, maxNames) => {
        const { objects, kept } = suggestWithRest(events(lines), { maxNames });
        const policy = policyOf(objects);
        for (const attributes of kept.flatMap(asked)) {
          expect(policy.authorize(attributes), JSON.stringify(attributes)).toMatchObject({
            decision: 'allow',
          });
          allowed++;
        }
      }),
      { numRuns: 500 },
    );
    expect(allowed).toBeGreaterThan(2000);
  });

  it('allows nothing that is not in the log', () => {
    let inLog = 0;
    fc.assert(
      fc.property(log, (lines) => {
        const { objects, kept } = suggestWithRest(events(lines));
        const linear = createLinearEvaluator(objects);
        const seen = kept.flatMap(asked);
        for (const attributes of EVERY_REQUEST) {
          const expected = isInLog(seen, attributes);
          inLog += Number(expected);
          if (linear.decide(attributes) !== expected) {
            expect.fail(`${expected ? 'should' : 'should not'} be allowed: ${JSON.stringify(attributes)}`);
          }
        }
      }),
      { numRuns: 150 },
    );
    expect(inLog).toBeGreaterThan(500);
  });

  it('stays with its verbs, resources, namespaces and users when names are not kept', () => {
    fc.assert(
      fc.property(log, (lines) => {
        const { objects, kept } = suggestWithRest(events(lines), { maxNames: 1 });
        const linear = createLinearEvaluator(objects);
        const seen = kept.flatMap(asked).map((attributes) => ({
          ...attributes,
          name: attributes.verb === 'impersonate' ? attributes.name : '',
        }));
        expect(EVERY_REQUEST.filter((one) => linear.decide(one) && !isInLog(seen, one))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('is valid, holds no wildcards and nothing superfluous', () => {
    fc.assert(
      fc.property(log, (lines) => {
        const { objects } = suggestWithRest(events(lines));
        expect(objects.flatMap((object) => validatePolicyObject(object))).toEqual([]);
        const keys = objects.map(({ kind, metadata }) => `${kind}/${metadata.namespace}/${metadata.name}`);
        expect(new Set(keys).size).toBe(keys.length);
        const faults = lint(lintPolicy(objects)).filter(({ rule }) =>
          /^(wildcard|names-|duplicate|shadowed|unused|dangling|binding-without|grants-everything)/.test(
            rule,
          ),
        );
        expect(faults).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('is the same whatever the order of the events', () => {
    fc.assert(
      fc.property(
        log.chain((lines) =>
          fc.tuple(fc.constant(lines), fc.shuffledSubarray(lines, { minLength: lines.length })),
        ),
        ([lines, shuffled]) => {
          expect(suggest(events(shuffled))).toEqual(suggest(events(lines)));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('leaves out only what cannot be allowed without more', () => {
    fc.assert(
      fc.property(log, (lines) => {
        for (const { verb, requestURI, objectRef } of suggestWithRest(events(lines)).rest.keys()) {
          const words = [verb, requestURI, objectRef?.apiGroup, objectRef?.resource, objectRef?.subresource];
          const odd = verb === '' || words.some((word) => word?.includes('*') || word?.includes('%2a'));
          expect(odd || ['*', 'No', '..'].includes(objectRef?.namespace ?? '')).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});
