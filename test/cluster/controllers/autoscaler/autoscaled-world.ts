import type { Autoscaler } from '../../../../src/cluster/controllers/autoscaler/autoscaler.ts';
import { autoscalers, deployments, type Kind, pods } from '../../../../src/cluster/controllers/kinds.ts';
import { createObject } from '../../../../src/cluster/objects/create-object.ts';
import { trackedAs } from '../../../../src/cluster/objects/tracked-as.ts';
import { coreType, type KubeObject } from '../../../../src/cluster/resources/index.ts';
import { podTemplate, startWorld, type TestWorld } from '../support.ts';

/** A deployment `web` and its autoscaler, the test in the place of the kubelet. */
export interface AutoscaledWorld extends TestWorld {
  /** Makes the deployment, whose pods ask for 100m and 100Mi and share a load. @param more of their container */
  deploy(replicas: number, load: string, more?: object): Promise<void>;
  /** Says what its pods use together from now on. */
  load(text: string): Promise<void>;
  autoscaler(spec?: object, name?: string): Promise<void>;
  /** Its pods become ready, and have been for as long as it takes to be measured. */
  measure(): Promise<void>;
  /** How many pods the deployment wants. */
  replicas(): Promise<number | undefined>;
  status(): Promise<Autoscaler['status']>;
  /** Status, reason and message. */
  condition(type: string): Promise<readonly (string | undefined)[]>;
  /** What the autoscaler told. */
  told(): Promise<readonly string[]>;
}

/** Half of what a pod asks for. */
export const cpu = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
};

const resources = { requests: { cpu: '100m', memory: '100Mi' } };

export async function startAutoscaledWorld(): Promise<AutoscaledWorld> {
  const world = await startWorld();

  /** Makes an object as a client does: it is known whose its fields are. */
  async function make(type: Kind<KubeObject>, object: KubeObject): Promise<void> {
    const trackFields = trackedAs(world.context, type, 'test', '');
    await createObject(world.context, { type, namespace: 'default', object, dryRun: false, trackFields });
  }

  /** Says of all pods that they run, as a kubelet would. */
  async function runPods(): Promise<void> {
    await world.settle();
    for (const { metadata, status } of await world.list(pods)) {
      if (status.phase === 'Running') continue;
      const startTime = new Date(world.context.now()).toISOString();
      const state = { running: { startedAt: startTime } };
      const containerStatuses = [{ name: 'main', restartCount: 0, state }];
      await world.setPod(metadata.name ?? '', 'Running', true, { startTime, containerStatuses });
    }
    await world.settle();
  }

  const status = async () => ((await world.get(autoscalers, 'web')) as Autoscaler).status;

  return {
    ...world,
    status,
    async deploy(replicas, load, more = {}) {
      const selector = { matchLabels: { app: 'web' } };
      const containers = [{ name: 'main', image: 'i', resources, ...more }];
      const template = { ...podTemplate('i', { app: 'web' }), spec: { containers } };
      const annotations = { 'sallyport.dev/load': load };
      const metadata = { name: 'web', annotations };
      await make(deployments, { metadata, spec: { replicas, selector, template } });
      await runPods();
    },
    load: (text) =>
      world.change(deployments, 'web', (deployment) => ({
        ...deployment,
        metadata: { ...deployment.metadata, annotations: { 'sallyport.dev/load': text } },
      })),
    autoscaler(spec = {}, name = 'web') {
      const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
      const usual = { scaleTargetRef, minReplicas: 1, maxReplicas: 10, metrics: [cpu] };
      return make(autoscalers, { metadata: { name }, spec: { ...usual, ...spec } });
    },
    async measure() {
      await runPods();
      await world.pass(15_000);
    },
    replicas: async () => (await world.get(deployments, 'web'))?.spec.replicas,
    async condition(type) {
      const found = (await status()).conditions?.find((each) => each.type === type);
      return [found?.status, found?.reason, found?.message];
    },
    async told() {
      const isOwn = ({ source }: KubeObject) =>
        (source as { component?: string }).component === 'horizontal-pod-autoscaler';
      const own = (await world.list(coreType('events'))).filter(isOwn);
      return own.map(({ reason, message }) => `${reason}: ${message}`);
    },
  };
}
