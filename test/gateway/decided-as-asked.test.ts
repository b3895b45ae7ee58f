import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributesOfReview, readReviewSpec, reviewStatus } from '../../src/gateway/reviews/index.ts';
import { type Attributes, attributesOf, resolveRequestInfo } from '../../src/kube/index.ts';
import { createPolicy, type PolicyObject } from '../../src/rbac/index.ts';
import { user } from '../rbac/attributes.ts';
import { corpusJson, corpusLines } from '../rbac/corpus.ts';
import { clusterRole, clusterRoleBinding } from '../rbac/objects.ts';

interface Review {
  readonly spec: {
    readonly user?: string;
    readonly groups?: string[];
    readonly resourceAttributes?: Partial<Record<string, string>>;
  };
}

/** What `kubectl auth can-i` asks about somebody's own request, as it comes over the wire. */
function specOf({ isResourceRequest, ...asked }: Attributes): object {
  const { verb, path, apiGroup: group, apiVersion: version, resource, subresource, namespace, name } = asked;
  if (!isResourceRequest) return { nonResourceAttributes: { path, verb } };
  return { resourceAttributes: { verb, group, version, resource, subresource, namespace, name } };
}

describe('S-261 what somebody is told that they may do', () => {
  const numbers = [1, 2, 3];
  const policies = numbers.map((number) => {
    const policy = createPolicy();
    for (const object of corpusJson<{ objects: PolicyObject[] }>(`rbac-policy-${number}.json`).objects) {
      policy.put('cluster', object);
    }
    return policy;
  });
  const reviews = numbers.map((number) => corpusLines<Review>(`rbac-decisions-${number}.jsonl`));

  /** A request of the words that the recorded policies and questions are made of. */
  const asked = fc
    .record({ of: fc.constantFrom(0, 1, 2), one: fc.nat(), other: fc.nat(), again: fc.boolean() })
    .map(({ of, one, other, again }) => {
      const rows = reviews[of] ?? [];
      const { spec } = rows[one % rows.length] ?? { spec: {} };
      const caller = again ? spec : (rows[other % rows.length]?.spec ?? {});
      return { policy: policies[of]!, who: user(caller.user ?? '', ...(caller.groups ?? [])), spec };
    });
  const METHODS: Readonly<Record<string, string>> = {
    create: 'POST',
    update: 'PUT',
    patch: 'PATCH',
    delete: 'DELETE',
    deletecollection: 'DELETE',
  };

  function targetOf({ resourceAttributes: resource = {} }: Review['spec']): string {
    const { group = '', namespace = '', resource: plural = '', name = '', subresource = '' } = resource;
    const words = [
      group === '' ? 'api' : `apis/${group}`,
      'v1',
      namespace === '' ? '' : `namespaces/${namespace}`,
      plural,
      name,
      subresource,
    ];
    const query = resource['verb'] === 'watch' ? '?watch=1' : '';
    return `/${words
      .filter((word) => word !== '')
      .map(encodeURI)
      .join('/')}${query}`;
  }

  it('is what they may do, of 10 000 requests', () => {
    const counts = { allow: 0, noOpinion: 0 };
    fc.assert(
      fc.property(asked, ({ policy, who, spec }) => {
        const method = METHODS[spec.resourceAttributes?.['verb'] ?? ''] ?? 'GET';
        const attributes = attributesOf(resolveRequestInfo(method, targetOf(spec)), who);
        const { decision, reason } = policy.authorize(attributes);
        const told = readReviewSpec(JSON.parse(JSON.stringify(specOf(attributes))), false);
        const status = reviewStatus(told, who, policy.authorize);
        expect(status).toEqual({ allowed: decision === 'allow', ...(reason === '' ? {} : { reason }) });
        expect(specOf(attributesOfReview(told, who))).toEqual(specOf(attributes));
        counts[decision === 'allow' ? 'allow' : 'noOpinion'] += 1;
      }),
      { numRuns: 10_000 },
    );
    // Otherwise the property would hold for an answer that is always the same.
    expect(Math.min(counts.allow, counts.noOpinion)).toBeGreaterThan(500);
  });
});

describe('S-263 S-265 a part of an object is another resource', () => {
  const jane = user('jane', 'system:authenticated');
  const decide = (rights: readonly string[], method: string, target: string) => {
    const policy = createPolicy();
    policy.put('test', clusterRole('r', rights));
    policy.put('test', clusterRoleBinding('b', 'r', 'User jane'));
    return policy.authorize(attributesOf(resolveRequestInfo(method, target), jane)).decision;
  };

  it.each([
    ['PUT', '/api/v1/namespaces/n/pods/p/status', 'update', 'pods', 'status'],
    ['PATCH', '/api/v1/namespaces/n/pods/p/ephemeralcontainers', 'patch', 'pods', 'ephemeralcontainers'],
    ['PATCH', '/api/v1/namespaces/n/pods/p/resize', 'patch', 'pods', 'resize'],
    ['POST', '/api/v1/namespaces/n/pods/p/eviction', 'create', 'pods', 'eviction'],
    ['POST', '/api/v1/namespaces/n/pods/p/binding', 'create', 'pods', 'binding'],
    ['POST', '/api/v1/namespaces/n/pods/p/exec', 'create', 'pods', 'exec'],
    ['GET', '/api/v1/namespaces/n/pods/p/log', 'get', 'pods', 'log'],
    ['GET', '/api/v1/namespaces/n/pods/p/proxy/x', 'get', 'pods', 'proxy'],
    ['PUT', '/api/v1/namespaces/n/finalize', 'update', 'namespaces', 'finalize'],
    ['POST', '/api/v1/namespaces/n/serviceaccounts/s/token', 'create', 'serviceaccounts', 'token'],
    ['PATCH', '/apis/apps/v1/namespaces/n/deployments/d/scale', 'patch', '@apps:deployments', 'scale'],
    [
      'PUT',
      '/apis/certificates.k8s.io/v1/certificatesigningrequests/c/approval',
      'update',
      '@certificates.k8s.io:certificatesigningrequests',
      'approval',
    ],
  ])('%s %s', (method, target, verb, resource, subresource) => {
    expect(decide([`* ${resource}`], method, target)).toBe('noOpinion');
    expect(decide([`${verb} ${resource}/${subresource}`], method, target)).toBe('allow');
    const whole = target.slice(0, target.indexOf(`/${subresource}`));
    expect(decide([`* ${resource}/${subresource}`], method, whole)).toBe('noOpinion');
  });

  it.each([
    ['GET', 'get', ''],
    ['GET', 'list', '?watch=0'],
    ['GET', 'watch', '?watch=1'],
    ['GET', 'watch', '?watch='],
    ['GET', 'list', '?fieldSelector=metadata.name%3Dp'],
    ['DELETE', 'deletecollection', ''],
    ['DELETE', 'deletecollection', '?fieldSelector=metadata.name%3Dp'],
    ['HEAD', 'get', '/p'],
  ])('%s is %s, and nothing else, with %j', (method, verb, rest) => {
    const target = `/api/v1/namespaces/n/pods${verb === 'get' && rest === '' ? '/p' : ''}${rest}`;
    const all = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
    const allowing = all.filter((one) => decide([`${one} pods`], method, target) === 'allow');
    expect(allowing).toEqual([verb]);
  });

  it.each(['list', 'watch'])(
    'a name in a rule covers %s of a collection by its field selector only',
    (verb) => {
      const query = verb === 'watch' ? 'watch=1&' : '';
      const rights = [`${verb} pods#p`];
      const selector = (text: string) =>
        `/api/v1/namespaces/n/pods?${query}fieldSelector=${encodeURIComponent(text)}`;
      expect(decide(rights, 'GET', selector('metadata.name=p'))).toBe('allow');
      for (const other of ['', 'metadata.name=q', 'metadata.name!=p', 'metadata.namespace=p']) {
        expect(decide(rights, 'GET', selector(other)), other).toBe('noOpinion');
      }
    },
  );
});
