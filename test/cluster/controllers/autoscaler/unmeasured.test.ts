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

  it('says so of metrics that nobody serves', async () => {
    await world.deploy(1, 'cpu=10m');
    await world.pass(15_000);
    const metric = { name: 'queue' };
    const target = { type: 'AverageValue', averageValue: '1' };
    await world.autoscaler({ metrics: [{ type: 'Pods', pods: { metric, target } }] });
    await world.settle();
    expect(await world.condition('ScalingActive')).toEqual([
      'False',
      'FailedGetPodsMetric',
      'the HPA was unable to compute the replica count: unable to get metric queue: unable to fetch metrics from ' +
        'custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered',
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
