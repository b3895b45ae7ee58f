import { describe, expect, it } from 'vitest';
import { configMap } from '../support.ts';
import { configMaps, reviewedCluster, ruleOf, statusOf } from './admission-webhook.ts';

const { send, questions, locate, configure, unconfigure, validating, create } = reviewedCluster();

describe('which requests a webhook is asked about', () => {
  const rules: [object, string, string][] = [
    [ruleOf('configmaps', ['CREATE']), 'POST', 'CREATE'],
    [ruleOf('*', ['UPDATE']), 'PUT', 'UPDATE'],
    [ruleOf('configmaps', ['DELETE'], { scope: 'Namespaced' }), 'DELETE', 'DELETE'],
  ];
  it.each(rules)('%j: of %s alone', async (rule, _, operation) => {
    await validating(rule);
    await create('ruled', { a: '1' });
    await send('PUT', `${configMaps}/ruled`, configMap('ruled', { a: '2' }));
    await send('DELETE', `${configMaps}/ruled`);
    expect(questions().map((asked) => asked.operation)).toEqual([operation]);
  });

  it.each([
    ruleOf('pods'),
    ruleOf('configmaps/status'),
    ruleOf('configmaps', ['*'], { apiGroups: ['apps'] }),
    ruleOf('configmaps', ['*'], { apiVersions: ['v2'] }),
    ruleOf('configmaps', ['*'], { scope: 'Cluster' }),
  ])('not by %j', async (rule) => {
    await validating(rule);
    await create('unruled');
    await send('DELETE', `${configMaps}/unruled`);
    expect(questions()).toEqual([]);
  });

  it('by the labels of the namespace, which a Namespace has itself', async () => {
    const namespaceSelector = { matchLabels: { guarded: 'yes' } };
    await configure('Validating', [
      {
        clientConfig: locate('/v'),
        namespaceSelector,
        rules: [ruleOf('configmaps'), ruleOf('namespaces')],
      },
    ]);
    const namespace = (name: string, labels: object) =>
      send('POST', '/api/v1/namespaces', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name, labels },
      });
    await namespace('guarded', { guarded: 'yes' });
    await namespace('unguarded', {});
    for (const name of ['guarded', 'unguarded']) {
      await send('POST', `/api/v1/namespaces/${name}/configmaps`, configMap('a'));
    }
    expect(questions().map(({ namespace: of, kind }) => [of, kind.kind])).toEqual([
      ['guarded', 'Namespace'],
      ['guarded', 'ConfigMap'],
    ]);
  });

  it('by the labels of the object, as it was or is to be', async () => {
    await validating(ruleOf('configmaps'), {
      objectSelector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] },
    });
    await create('labelled', {}, { labels: { a: '1' } });
    await send('PUT', `${configMaps}/labelled`, configMap('labelled'));
    await send('DELETE', `${configMaps}/labelled`);
    expect(questions().map(({ operation }) => operation)).toEqual(['CREATE', 'UPDATE']);
  });

  it('by conditions over the request, the object and what the user may do', async () => {
    await validating(ruleOf('configmaps'), {
      matchConditions: [
        { name: 'no-leader', expression: "!request.name.startsWith('leader-')" },
        { name: 'content', expression: "object != null && has(object.data) && object.data.a == '1'" },
        { name: 'may', expression: "authorizer.requestResource.check('create').allowed()" },
      ],
    });
    await create('leader-1', { a: '1' });
    await create('other', { a: '2' });
    await create('conditioned', { a: '1' });
    expect(questions().map(({ name }) => name)).toEqual(['conditioned']);
  });

  it('refuses when a condition cannot be evaluated, unless it may be done without', async () => {
    const matchConditions = [{ name: 'broken', expression: "object.data.b == '1'" }];
    await validating(ruleOf('configmaps'), { matchConditions });
    expect(statusOf(await create('broken', { a: '1' }))).toEqual({
      code: 403,
      reason: 'Forbidden',
      message: `configmaps "broken" is forbidden: expression 'object.data.b == '1'' resulted in error: no such key: b`,
    });
    await unconfigure();
    await validating(ruleOf('configmaps'), { matchConditions, failurePolicy: 'Ignore' });
    expect((await create('broken', { a: '1' })).code).toBe(201);
    expect(questions()).toEqual([]);
  });

  it('in the version of the rule, wherever the same is served in another one', async () => {
    const rule = ruleOf('horizontalpodautoscalers', ['CREATE'], {
      apiGroups: ['autoscaling'],
      apiVersions: ['v2'],
    });
    await validating(rule);
    const autoscaler = (name: string) => ({
      apiVersion: 'autoscaling/v1',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' },
        maxReplicas: 3,
        targetCPUUtilizationPercentage: 70,
      },
    });
    const autoscalers = '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers';
    await send('POST', autoscalers, autoscaler('equivalent'));
    const [asked] = questions();
    expect(asked).toMatchObject({
      kind: { version: 'v2' },
      resource: { version: 'v2' },
      requestKind: { version: 'v1' },
      object: { apiVersion: 'autoscaling/v2', spec: { metrics: [{ type: 'Resource' }] } },
    });
    await unconfigure();
    await validating(rule, { matchPolicy: 'Exact' });
    await send('POST', autoscalers, autoscaler('exact'));
    expect(questions()).toEqual([]);
  });

  it('about what is only tried, when that has no effects elsewhere', async () => {
    await validating(ruleOf('configmaps'));
    expect((await create('tried', {}, {}, '?dryRun=All')).code).toBe(201);
    expect(questions()).toMatchObject([{ dryRun: true, options: { dryRun: ['All'] } }]);
  });
});
