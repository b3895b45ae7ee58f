import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cronJobs, deployments, jobs, pods, statefulSets } from '../../../src/cluster/controllers/kinds.ts';
import { coreType } from '../../../src/cluster/resources/index.ts';
import { podTemplate, startWorld, type TestWorld } from './support.ts';

const labels = { app: 'web' };
const selector = { matchLabels: labels };
const template = podTemplate('nginx:1', labels);

describe('controllers tell what they do', () => {
  let world: TestWorld;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());

  /** By component, with hashes and random names masked. */
  async function told(): Promise<readonly string[]> {
    await world.settle();
    const events = await world.list(coreType('events'));
    return events.map(({ source, involvedObject, reason, message, type }) => {
      const { component } = source as { component: string };
      const { kind } = involvedObject as { kind: string };
      const text = String(message).replaceAll(/web-[a-z0-9]{5,}/g, 'web-*');
      return `${component} ${kind} ${type} ${reason}: ${text.replaceAll(/\*-\w{5}\b/g, '*-?')}`;
    });
  }

  it('for a deployment and its set', async () => {
    await world.make(deployments, { metadata: { name: 'web' }, spec: { replicas: 2, selector, template } });
    await world.settle();
    await world.change(deployments, 'web', (object) => ({
      ...object,
      spec: { ...object.spec, replicas: 1 },
    }));
    expect(await told()).toEqual(
      expect.arrayContaining([
        'deployment-controller Deployment Normal ScalingReplicaSet: Scaled up replica set web-* from 0 to 2',
        'replicaset-controller ReplicaSet Normal SuccessfulCreate: Created pod: web-*-?',
        'deployment-controller Deployment Normal ScalingReplicaSet: Scaled down replica set web-* from 2 to 1',
        'replicaset-controller ReplicaSet Normal SuccessfulDelete: Deleted pod: web-*-?',
      ]),
    );
  });

  it('for a stateful set', async () => {
    const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
    const volumeClaimTemplates = [{ metadata: { name: 'data' }, spec: claim }];
    await world.make(statefulSets, {
      metadata: { name: 'db' },
      spec: { replicas: 1, serviceName: 'db', selector, template, volumeClaimTemplates },
    });
    const own = (await told()).filter((text) => text.startsWith('statefulset-controller'));
    expect(own).toEqual([
      'statefulset-controller StatefulSet Normal SuccessfulCreate: create Claim data-db-0 Pod db-0 in StatefulSet db success',
      'statefulset-controller StatefulSet Normal SuccessfulCreate: create Pod db-0 in StatefulSet db successful',
    ]);
  });

  it('for a job that ends', async () => {
    const spec = { template: { spec: { ...template.spec, restartPolicy: 'Never' } } };
    await world.make(jobs, { metadata: { name: 'done' }, spec });
    await world.settle();
    const [pod] = await world.list(pods);
    await world.setPod(pod?.metadata.name ?? '', 'Succeeded');
    expect(await told()).toEqual([
      expect.stringMatching(/^job-controller Job Normal SuccessfulCreate: Created pod: done-\w{5}$/),
      'job-controller Job Normal Completed: Job completed',
    ]);
  });

  it('for a cron job', async () => {
    const jobTemplate = { spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } } };
    await world.make(cronJobs, {
      metadata: { name: 'nightly' },
      spec: { schedule: '* * * * *', jobTemplate },
    });
    await world.pass(61_000);
    expect(await told()).toContainEqual(
      expect.stringMatching(/^cronjob-controller CronJob Normal SuccessfulCreate: Created job nightly-\d+$/),
    );
  });
});
