import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pods } from '../../../../src/cluster/controllers/kinds.ts';
import { type AutoscaledWorld, startAutoscaledWorld } from './autoscaled-world.ts';

let world: AutoscaledWorld;
beforeEach(async () => {
  world = await startAutoscaledWorld();
});
afterEach(() => world.close());

describe('an autoscaler that cannot tell', () => {
  it('says that there is no target', async () => {
    await world.autoscaler();
    await world.settle();
    const text = 'deployments.apps "web" not found';
    expect(await world.condition('AbleToScale')).toEqual([
      'False',
      'FailedGetScale',
      `the HPA controller was unable to get the target's current scale: ${text}`,
    ]);
    expect(await world.told()).toEqual([`FailedGetScale: ${text}`]);
  });

  it('says what is missing, and changes nothing', async () => {
    await world.deploy(1, '', { resources: {} });
    await world.pass(15_000);
    await world.autoscaler();
    await world.settle();
    const [name] = (await world.list(pods)).map(({ metadata }) => metadata.name);
    const cause = `failed to get cpu utilization: missing request for cpu in container main of Pod ${name}`;
    expect(await world.condition('ScalingActive')).toEqual([
      'False',
      'FailedGetResourceMetric',
      `the HPA was unable to compute the replica count: ${cause}`,
    ]);
    expect((await world.told()).toSorted()).toEqual([
      `FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: ${cause}`,
      `FailedGetResourceMetric: ${cause}`,
    ]);
    expect([await world.replicas(), await world.status()]).toMatchObject([
      1,
      { currentReplicas: 1, desiredReplicas: 0, currentMetrics: [{ type: '' }] },
    ]);
  });

  const none = 'no custom metrics API (custom.metrics.k8s.io) registered';
  const noCustom = `unable to fetch metrics from custom metrics API: ${none}`;
  const noExternal =
    'unable to fetch metrics from external metrics API: the server could not find the requested resource ' +
    '(get queue.external.metrics.k8s.io)';
  const metric = { name: 'queue' };
  const each = { type: 'AverageValue', averageValue: '1' };
  const all = { type: 'Value', value: '1' };
  const describedObject = { apiVersion: 'v1', kind: 'Service', name: 'broker' };
  const selector = {
    matchLabels: { b: '1', a: '2' },
    matchExpressions: [{ key: 'c', operator: 'In', values: ['3', '4'] }],
  };
  const selected =
    '&LabelSelector{MatchLabels:map[string]string{a: 2,b: 1,},MatchExpressions:[]LabelSelectorRequirement{' +
    'LabelSelectorRequirement{Key:c,Operator:In,Values:[3 4],},},}';

  it.each([
    [
      'of pods',
      { type: 'Pods', pods: { metric, target: each } },
      'FailedGetPodsMetric',
      `unable to get metric queue: ${noCustom}`,
      'failed to get pods metric value: ',
    ],
    [
      'of an object',
      { type: 'Object', object: { metric, describedObject, target: all } },
      'FailedGetObjectMetric',
      `unable to get metric queue: Service on default broker/${noCustom}`,
      'failed to get object metric value: ',
    ],
    [
      'of an object, for each pod',
      { type: 'Object', object: { metric, describedObject, target: each } },
      'FailedGetObjectMetric',
      `unable to get metric queue: Service on default broker/${noCustom}`,
      'failed to get object metric value: failed to get queue object metric: ',
    ],
    [
      'of elsewhere',
      { type: 'External', external: { metric, target: all } },
      'FailedGetExternalMetric',
      `unable to get external metric default/queue/nil: ${noExternal}`,
      'failed to get queue external metric value: failed to get external metric queue: ',
    ],
    [
      'of elsewhere, for each pod',
      { type: 'External', external: { metric: { ...metric, selector }, target: each } },
      'FailedGetExternalMetric',
      `unable to get external metric default/queue/${selected}: ${noExternal}`,
      'failed to get queue external metric value: failed to get queue external metric: ',
    ],
  ])('says so of metrics that nobody serves: %s', async (_what, asked, reason, cause, prefix) => {
    await world.deploy(1, 'cpu=10m');
    await world.pass(15_000);
    await world.autoscaler({ metrics: [asked] });
    await world.settle();
    const why = `the HPA was unable to compute the replica count: ${cause}`;
    expect(await world.condition('ScalingActive')).toEqual(['False', reason, why]);
    expect((await world.told()).toSorted()).toEqual([
      `FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: ${prefix}${cause}`,
      `${reason}: ${cause}`,
    ]);
    expect(await world.replicas()).toBe(1);
  });

  it('says that there is no such container', async () => {
    await world.deploy(1, 'cpu=10m');
    await world.pass(15_000);
    const containerResource = { name: 'cpu', container: 'other', target: each };
    await world.autoscaler({ metrics: [{ type: 'ContainerResource', containerResource }] });
    await world.settle();
    const [name] = (await world.list(pods)).map(({ metadata }) => metadata.name);
    expect(await world.condition('ScalingActive')).toEqual([
      'False',
      'FailedGetContainerResourceMetric',
      'the HPA was unable to compute the replica count: failed to get cpu usage: unable to get metrics for resource cpu: ' +
        `failed to get container metrics: container other not present in metrics for pod default/${name}`,
    ]);
  });

  it('does not fight with another one over the same pods', async () => {
    await world.deploy(1, 'cpu=1');
    await world.pass(15_000);
    await world.autoscaler();
    await world.autoscaler({}, 'second');
    await world.pass(30_000);
    expect((await world.condition('ScalingActive')).slice(0, 2)).toEqual(['False', 'AmbiguousSelector']);
    expect((await world.condition('ScalingActive'))[2]).toBe(
      'pods by selector app=web are controlled by multiple HPAs: [{web default} {second default}]',
    );
  });
});
