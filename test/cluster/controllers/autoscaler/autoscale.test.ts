import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { autoscalers, deployments, type Kind, pods } from '../../../../src/cluster/controllers/kinds.ts';
import type { KubeObject } from '../../../../src/cluster/resources/index.ts';
import { living } from '../support.ts';
import { type AutoscaledWorld, cpu, startAutoscaledWorld } from './autoscaled-world.ts';

let world: AutoscaledWorld;
beforeEach(async () => {
  world = await startAutoscaledWorld();
});
afterEach(() => world.close());

interface Entry {
  readonly manager: string;
  readonly subresource?: string;
}

describe('an autoscaler', () => {
  it('makes as many pods as the load needs, in steps, and says why', async () => {
    await world.deploy(1, 'cpu=400m');
    await world.pass(15_000);
    await world.autoscaler();
    await world.settle();
    // 400 % of what one asks for, of which 50 % is wanted: eight; at most four at first.
    expect(await world.replicas()).toBe(4);
    expect(await world.condition('ScalingLimited')).toEqual([
      'True',
      'ScaleUpLimit',
      'the desired replica count is increasing faster than the maximum scale rate',
    ]);
    expect(await world.condition('AbleToScale')).toEqual([
      'True',
      'SucceededRescale',
      'the HPA controller was able to update the target scale to 4',
    ]);
    await world.measure();
    await world.measure();
    expect(await world.replicas()).toBe(8);
    expect(living(await world.list(pods))).toHaveLength(8);
    await world.measure();
    await world.measure();
    expect(await world.status()).toMatchObject({
      currentReplicas: 8,
      desiredReplicas: 8,
      lastScaleTime: expect.stringMatching(/^2026-11-24T00:00:\d\dZ$/),
      currentMetrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', current: { averageUtilization: 50, averageValue: '50m' } },
        },
      ],
    });
    expect(await world.condition('ScalingActive')).toEqual([
      'True',
      'ValidMetricFound',
      'the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)',
    ]);
    expect(await world.condition('AbleToScale')).toEqual([
      'True',
      'ReadyForNewScale',
      'recommended size matches current size',
    ]);
    expect(await world.condition('ScalingLimited')).toEqual([
      'False',
      'DesiredWithinRange',
      'the desired count is within the acceptable range',
    ]);
    expect(await world.told()).toEqual([
      'SuccessfulRescale: New size: 4; reason: cpu resource utilization (percentage of request) above target',
      'SuccessfulRescale: New size: 8; reason: cpu resource utilization (percentage of request) above target',
    ]);
  });

  it('gives them back when nothing more was wanted for five minutes', async () => {
    await world.deploy(4, 'cpu=200m');
    await world.pass(15_000);
    await world.autoscaler();
    await world.settle();
    expect(await world.replicas()).toBe(4);
    await world.load('cpu=40m');
    await world.pass(15_000);
    expect(await world.condition('AbleToScale')).toEqual([
      'True',
      'ScaleDownStabilized',
      'recent recommendations were higher than current one, applying the highest recent recommendation',
    ]);
    await world.pass(270_000);
    expect(await world.replicas()).toBe(4);
    await world.pass(45_000);
    expect(await world.replicas()).toBe(1);
    expect((await world.told()).at(-1)).toBe(
      'SuccessfulRescale: New size: 1; reason: All metrics below target',
    );
  });

  it('writes the number as its /scale would be written, and its own status', async () => {
    await world.deploy(1, 'cpu=100m');
    await world.pass(15_000);
    await world.autoscaler();
    await world.settle();
    await world.load('cpu=200m');
    await world.pass(15_000);
    const managers = async (kind: Kind<KubeObject>) => {
      const entries = (await world.get(kind, 'web'))?.metadata['managedFields'] as Entry[] | undefined;
      return entries?.map(({ manager, subresource }) => [manager, subresource]);
    };
    expect(await managers(deployments)).toContainEqual(['kube-controller-manager', 'scale']);
    expect(await managers(autoscalers)).toContainEqual(['kube-controller-manager', 'status']);
  });

  it('keeps to its bounds, whatever is used', async () => {
    await world.deploy(1, 'cpu=10m');
    await world.pass(15_000);
    await world.autoscaler({ minReplicas: 3, maxReplicas: 5 });
    await world.settle();
    expect(await world.replicas()).toBe(3);
    expect(await world.told()).toEqual([
      'SuccessfulRescale: New size: 3; reason: Current number of replicas below Spec.MinReplicas',
    ]);
    await world.change(deployments, 'web', (each) => ({ ...each, spec: { ...each.spec, replicas: 9 } }));
    await world.pass(15_000);
    expect(await world.replicas()).toBe(5);
    await world.load('cpu=5');
    await world.measure();
    await world.measure();
    expect(await world.condition('ScalingLimited')).toEqual([
      'True',
      'TooManyReplicas',
      'the desired replica count is more than the maximum replica count',
    ]);
  });

  it('leaves alone what is switched off', async () => {
    await world.deploy(0, 'cpu=1');
    await world.autoscaler();
    await world.settle();
    expect([await world.replicas(), await world.condition('ScalingActive')]).toEqual([
      0,
      ['False', 'ScalingDisabled', 'scaling is disabled since the replica count of the target is zero'],
    ]);
  });

  it('follows the metric that calls for most, and other targets than a share', async () => {
    await world.deploy(2, 'cpu=100m,memory=900Mi');
    await world.pass(15_000);
    const memory = {
      type: 'Resource',
      resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '150Mi' } },
    };
    const one = {
      type: 'ContainerResource',
      containerResource: {
        name: 'cpu',
        container: 'main',
        target: { type: 'AverageValue', averageValue: '50m' },
      },
    };
    await world.autoscaler({ metrics: [cpu, memory, one] });
    await world.settle();
    // 450 MiB each now: three times as many.
    expect(await world.replicas()).toBe(4);
    expect((await world.status()).currentMetrics).toEqual([
      {
        type: 'Resource',
        resource: { name: 'cpu', current: { averageUtilization: 50, averageValue: '50m' } },
      },
      { type: 'Resource', resource: { name: 'memory', current: { averageValue: '471859200' } } },
      {
        type: 'ContainerResource',
        containerResource: { container: 'main', name: 'cpu', current: { averageValue: '50m' } },
      },
    ]);
    expect((await world.told()).at(-1)).toBe(
      'SuccessfulRescale: New size: 4; reason: memory resource above target',
    );
  });

  it('goes as slowly as its behavior says', async () => {
    await world.deploy(2, 'cpu=2');
    await world.pass(15_000);
    const policies = [{ type: 'Pods', value: 1, periodSeconds: 60 }];
    await world.autoscaler({
      maxReplicas: 20,
      behavior: { scaleUp: { policies }, scaleDown: { selectPolicy: 'Disabled' } },
    });
    await world.settle();
    expect(await world.replicas()).toBe(3);
    await world.measure();
    await world.measure();
    expect(await world.replicas()).toBe(3);
    await world.pass(30_000);
    expect(await world.replicas()).toBe(4);
    await world.load('cpu=1m');
    await world.pass(900_000);
    expect(await world.replicas()).toBe(4);
    expect(await world.condition('ScalingLimited')).toEqual([
      'True',
      'ScaleDownLimit',
      'the desired replica count is decreasing faster than the maximum scale rate',
    ]);
  });
});
