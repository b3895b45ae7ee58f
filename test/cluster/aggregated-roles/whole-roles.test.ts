import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ClusterRole,
  rulesOf,
  sameRules,
  wholeRoles,
} from '../../../src/cluster/aggregated-roles/index.ts';
import type { KubeObject } from '../../../src/cluster/index.ts';
import { metricsReaderRole } from '../../../src/cluster/metrics/index.ts';
import { createPolicy, defaultPolicyObjects, type PolicyObject } from '../../../src/rbac/index.ts';

const defaults = defaultPolicyObjects() as unknown as readonly KubeObject[];

describe('roles that gather', () => {
  it('are whole in the default policy as a real server lists it', () => {
    expect(wholeRoles(defaults)).toEqual(defaults);
  });

  it('take up at once what a cluster brings along, each role what the one below it has', () => {
    const whole = new Map(
      wholeRoles([...defaults, metricsReaderRole]).map((object) => [
        `${object.kind} ${object.metadata.name}`,
        object as ClusterRole,
      ]),
    );
    const [added] = metricsReaderRole['rules'] as object[];
    for (const name of ['admin', 'edit', 'view']) {
      const rules = whole.get(`ClusterRole ${name}`)?.rules ?? [];
      expect(rules.filter((rule) => isDeepStrictEqual(rule, added))).toHaveLength(1);
    }
  });

  const role = fc.record({
    labels: fc.subarray(['a', 'b', 'c']),
    gathered: fc.option(fc.subarray(['a', 'b', 'c'], { minLength: 1 }), { nil: undefined }),
    resources: fc.array(fc.constantFrom('x', 'y', 'z')),
  });

  it('get what the authorizer decides by, whichever way they gather', () => {
    fc.assert(
      fc.property(fc.array(role, { maxLength: 6 }), (roles) => {
        const objects = roles.map(
          ({ labels, gathered, resources }, index): KubeObject => ({
            apiVersion: 'rbac.authorization.k8s.io/v1',
            kind: 'ClusterRole',
            metadata: {
              name: `role-${index}`,
              labels: Object.fromEntries(labels.map((label) => [label, 'true'])),
            },
            ...(gathered === undefined
              ? { rules: resources.map((each) => ({ apiGroups: [''], resources: [each], verbs: ['get'] })) }
              : {
                  rules: [],
                  aggregationRule: {
                    clusterRoleSelectors: gathered.map((label) => ({ matchLabels: { [label]: 'true' } })),
                  },
                }),
          }),
        );
        const whole = wholeRoles(objects) as readonly ClusterRole[];
        for (const object of whole) {
          const rules = rulesOf(object, whole);
          // In whichever order: roles that gather from each other never agree on one.
          expect(rules === undefined || sameRules(inOrder(rules), inOrder(object.rules ?? []))).toBe(true);
          expect(resourcesOf(object.rules ?? [])).toEqual(granted(objects, object.metadata.name ?? ''));
        }
      }),
      { numRuns: 60 },
    );
  });
});

function resourcesOf(rules: readonly object[]): readonly unknown[] {
  return [...new Set(rules.flatMap((rule) => (rule as { resources: string[] }).resources))].toSorted();
}

/** What the authorizer gives to whoever holds the role. */
function granted(roles: readonly KubeObject[], name: string): readonly unknown[] {
  const apiGroup = 'rbac.authorization.k8s.io';
  const binding = {
    apiVersion: `${apiGroup}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'binding' },
    subjects: [{ apiGroup, kind: 'User', name: 'jane' }],
    roleRef: { apiGroup, kind: 'ClusterRole', name },
  };
  const policy = createPolicy();
  policy.replaceSource('cluster', [...roles, binding] as unknown as PolicyObject[]);
  return resourcesOf(policy.rulesFor({ username: 'jane', groups: [] }, '').resourceRules);
}

function inOrder<T>(rules: readonly T[]): readonly T[] {
  const text = new Map(rules.map((rule) => [rule, JSON.stringify(rule)]));
  return rules.toSorted((a, b) => ((text.get(a) ?? '') < (text.get(b) ?? '') ? -1 : 1));
}
