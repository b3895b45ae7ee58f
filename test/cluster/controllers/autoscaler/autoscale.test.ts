import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Autoscaler } from '../../../../src/cluster/controllers/autoscaler/autoscaler.ts';
import { autoscalers, deployments, type Kind, pods } from '../../../../src/cluster/controllers/kinds.ts';
import { eventType } from '../../../../src/cluster/events/event-type.ts';
import { createObject } from '../../../../src/cluster/objects/create-object.ts';
import { trackedAs } from '../../../../src/cluster/objects/tracked-as.ts';
import type { KubeObject } from '../../../../src/cluster/resources/index.ts';
import { living, podTemplate, startWorld, type TestWorld } from '../support.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

const resources = { requests: { cpu: '100m', memory: '100Mi' } };

/** A deployment whose pods share a load, by a millicore each. */
async function deploy(replicas: number, load: string, more: object = {}) {
  const template = podTemplate('i', { app: 'web' });
  const containers = [{ name: 'main', image: 'i', resources, ...more }];
  await make(deployments, {
    metadata: { name: 'web', annotations: { 'sallyport.dev/load': load } },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: { ...template, spec: { containers } },
    },
  });
  await runPods();
}

/** Says of all pods that they run, as a kubelet would. */
async function runPods() {
  await world.settle();
  for (const { metadata, status } of await world.list(pods)) {
    if (status.phase === 'Running') continue;
    const startTime = new Date(world.context.now()).toISOString();
    const containerStatuses = [
      { name: 'main', restartCount: 0, state: { running: { startedAt: startTime } } },
    ];
    await world.setPod(metadata.name ?? '', 'Running', true, { startTime, containerStatuses });
  }
  await world.settle();
}

const load = (text: string) =>
  world.change(deployments, 'web', (deployment) => ({
    ...deployment,
    metadata: { ...deployment.metadata, annotations: { 'sallyport.dev/load': text } },
  }));
const cpu = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
};
const autoscaler = (spec: object = {}, name = 'web') =>
  make(autoscalers, {
    metadata: { name },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 1,
      maxReplicas: 10,
      metrics: [cpu],
      ...spec,
    },
  });
const statusOf = async (name = 'web') => ((await world.get(autoscalers, name)) as Autoscaler).status;
const condition = async (type: string) => {
  const found = (await statusOf()).conditions?.find((each) => each.type === type);
  return [found?.status, found?.reason, found?.message];
};
interface Entry {
  readonly manager: string;
  readonly subresource?: string;
}

/** Makes an object as a client does: it is known whose its fields are. */
async function make(type: Kind<KubeObject>, object: KubeObject) {
  const trackFields = trackedAs(world.context, type, 'test', '');
  await createObject(world.context, { type, namespace: 'default', object, dryRun: false, trackFields });
}

const replicas = async () => (await world.get(deployments, 'web'))?.spec.replicas;
const events = async () =>
  (await world.list(eventType()))
    .filter((event) => (event['source'] as { component?: string }).component === 'horizontal-pod-autoscaler')
    .map(({ reason, message }) => `${reason}: ${message}`);

/** Pods become ready, and have been for as long as it takes to be measured. */
async function measure() {
  await runPods();
  await world.pass(15_000);
}

describe('an autoscaler', () => {
  it('makes as many pods as the load needs, in steps, and says why', async () => {
    await deploy(1, 'cpu=400m');
    await world.pass(15_000);
    await autoscaler();
    await world.settle();
    // 400 % of what one asks for, of which 50 % is wanted: eight; at most four at first.
    expect(await replicas()).toBe(4);
    expect(await condition('ScalingLimited')).toEqual([
      'True',
      'ScaleUpLimit',
      'the desired replica count is increasing faster than the maximum scale rate',
    ]);
    expect(await condition('AbleToScale')).toEqual([
      'True',
      'SucceededRescale',
      'the HPA controller was able to update the target scale to 4',
    ]);
    await measure();
    await measure();
    expect(await replicas()).toBe(8);
    expect(living(await world.list(pods))).toHaveLength(8);
    await measure();
    await measure();
    expect(await statusOf()).toMatchObject({
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
    expect(await condition('ScalingActive')).toEqual([
      'True',
      'ValidMetricFound',
      'the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)',
    ]);
    expect(await condition('AbleToScale')).toEqual([
      'True',
      'ReadyForNewScale',
      'recommended size matches current size',
    ]);
    expect(await condition('ScalingLimited')).toEqual([
      'False',
      'DesiredWithinRange',
      'the desired count is within the acceptable range',
    ]);
    expect(await events()).toEqual([
      'SuccessfulRescale: New size: 4; reason: cpu resource utilization (percentage of request) above target',
      'SuccessfulRescale: New size: 8; reason: cpu resource utilization (percentage of request) above target',
    ]);
  });

  it('gives them back when nothing more was wanted for five minutes', async () => {
    await deploy(4, 'cpu=200m');
    await world.pass(15_000);
    await autoscaler();
    await world.settle();
    expect(await replicas()).toBe(4);
    await load('cpu=40m');
    await world.pass(15_000);
    expect(await condition('AbleToScale')).toEqual([
      'True',
      'ScaleDownStabilized',
      'recent recommendations were higher than current one, applying the highest recent recommendation',
    ]);
    await world.pass(270_000);
    expect(await replicas()).toBe(4);
    await world.pass(45_000);
    expect(await replicas()).toBe(1);
    expect((await events()).at(-1)).toBe('SuccessfulRescale: New size: 1; reason: All metrics below target');
  });

  it('writes the number as its /scale would be written, and its own status', async () => {
    await deploy(1, 'cpu=100m');
    await world.pass(15_000);
    await autoscaler();
    await world.settle();
    await load('cpu=200m');
    await world.pass(15_000);
    const managers = async (kind: Kind<KubeObject>) => {
      const entries = (await world.get(kind, 'web'))?.metadata['managedFields'] as Entry[] | undefined;
      return entries?.map(({ manager, subresource }) => [manager, subresource]);
    };
    expect(await managers(deployments)).toContainEqual(['kube-controller-manager', 'scale']);
    expect(await managers(autoscalers)).toContainEqual(['kube-controller-manager', 'status']);
  });

  it('keeps to its bounds, whatever is used', async () => {
    await deploy(1, 'cpu=10m');
    await world.pass(15_000);
    await autoscaler({ minReplicas: 3, maxReplicas: 5 });
    await world.settle();
    expect(await replicas()).toBe(3);
    expect(await events()).toEqual([
      'SuccessfulRescale: New size: 3; reason: Current number of replicas below Spec.MinReplicas',
    ]);
    await world.change(deployments, 'web', (each) => ({ ...each, spec: { ...each.spec, replicas: 9 } }));
    await world.pass(15_000);
    expect(await replicas()).toBe(5);
    await load('cpu=5');
    await measure();
    await measure();
    expect(await condition('ScalingLimited')).toEqual([
      'True',
      'TooManyReplicas',
      'the desired replica count is more than the maximum replica count',
    ]);
  });

  it('leaves alone what is switched off', async () => {
    await deploy(0, 'cpu=1');
    await autoscaler();
    await world.settle();
    expect([await replicas(), await condition('ScalingActive')]).toEqual([
      0,
      ['False', 'ScalingDisabled', 'scaling is disabled since the replica count of the target is zero'],
    ]);
  });

  it('follows the metric that calls for most, and other targets than a share', async () => {
    await deploy(2, 'cpu=100m,memory=900Mi');
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
    await autoscaler({ metrics: [cpu, memory, one] });
    await world.settle();
    // 450 MiB each now: three times as many.
    expect(await replicas()).toBe(4);
    expect((await statusOf()).currentMetrics).toEqual([
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
    expect((await events()).at(-1)).toBe(
      'SuccessfulRescale: New size: 4; reason: memory resource above target',
    );
  });

  it('goes as slowly as its behavior says', async () => {
    await deploy(2, 'cpu=2');
    await world.pass(15_000);
    const policies = [{ type: 'Pods', value: 1, periodSeconds: 60 }];
    await autoscaler({
      maxReplicas: 20,
      behavior: { scaleUp: { policies }, scaleDown: { selectPolicy: 'Disabled' } },
    });
    await world.settle();
    expect(await replicas()).toBe(3);
    await measure();
    await measure();
    expect(await replicas()).toBe(3);
    await world.pass(30_000);
    expect(await replicas()).toBe(4);
    await load('cpu=1m');
    await world.pass(900_000);
    expect(await replicas()).toBe(4);
    expect(await condition('ScalingLimited')).toEqual([
      'True',
      'ScaleDownLimit',
      'the desired replica count is decreasing faster than the maximum scale rate',
    ]);
  });
});

describe('an autoscaler that cannot tell', () => {
  it('says that there is no target', async () => {
    await autoscaler();
    await world.settle();
    const text = 'deployments.apps "web" not found';
    expect(await condition('AbleToScale')).toEqual([
      'False',
      'FailedGetScale',
      `the HPA controller was unable to get the target's current scale: ${text}`,
    ]);
    expect(await events()).toEqual([`FailedGetScale: ${text}`]);
  });

  it('says what is missing, and changes nothing', async () => {
    await deploy(1, '', { resources: {} });
    await world.pass(15_000);
    await autoscaler();
    await world.settle();
    const [name] = (await world.list(pods)).map(({ metadata }) => metadata.name);
    const cause = `failed to get cpu utilization: missing request for cpu in container main of Pod ${name}`;
    expect(await condition('ScalingActive')).toEqual([
      'False',
      'FailedGetResourceMetric',
      `the HPA was unable to compute the replica count: ${cause}`,
    ]);
    expect((await events()).toSorted()).toEqual([
      `FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: ${cause}`,
      `FailedGetResourceMetric: ${cause}`,
    ]);
    expect([await replicas(), await statusOf()]).toMatchObject([
      1,
      { currentReplicas: 1, desiredReplicas: 0, currentMetrics: [{ type: '' }] },
    ]);
  });

  it('says so of metrics that nobody serves', async () => {
    await deploy(1, 'cpu=10m');
    await world.pass(15_000);
    const metric = { name: 'queue' };
    const target = { type: 'AverageValue', averageValue: '1' };
    await autoscaler({ metrics: [{ type: 'Pods', pods: { metric, target } }] });
    await world.settle();
    expect(await condition('ScalingActive')).toEqual([
      'False',
      'FailedGetPodsMetric',
      'the HPA was unable to compute the replica count: unable to get metric queue: unable to fetch metrics from ' +
        'custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered',
    ]);
  });

  it('does not fight with another one over the same pods', async () => {
    await deploy(1, 'cpu=1');
    await world.pass(15_000);
    await autoscaler();
    await autoscaler({}, 'second');
    await world.pass(30_000);
    expect((await condition('ScalingActive')).slice(0, 2)).toEqual(['False', 'AmbiguousSelector']);
    expect((await condition('ScalingActive'))[2]).toBe(
      'pods by selector app=web are controlled by multiple HPAs: [{web default} {second default}]',
    );
  });
});
