import { describe, expect, it } from 'vitest';
import {
  deployments,
  disruptionBudgets,
  pods,
  replicationControllers,
} from '../../../src/cluster/controllers/kinds.ts';
import { createMemoryStore } from '../../../src/store/index.ts';
import { living, podTemplate, startWorld } from './support.ts';

const labels = { app: 'web' };
const template = podTemplate('nginx', labels);
const deployment = {
  metadata: { name: 'web' },
  spec: { replicas: 2, selector: { matchLabels: labels }, template },
};

describe('controllers', () => {
  it('of several processes on one store, work in one, and go on in another', async () => {
    const store = createMemoryStore();
    const first = await startWorld(store);
    const second = await startWorld(store);
    await second.make(deployments, deployment);
    await second.settle();
    await first.settle();
    expect(await first.list(pods)).toHaveLength(2);
    await first.stop();
    const scaled = { ...deployment.spec, replicas: 3 };
    await second.change(deployments, 'web', (object) => ({
      ...object,
      spec: { ...object.spec, replicas: scaled.replicas },
    }));
    await second.settle();
    expect(await second.list(pods)).toHaveLength(3);
    await second.close();
  });

  it('stop when they are closed', async () => {
    const world = await startWorld();
    await world.stop();
    await world.make(deployments, deployment);
    await world.settle();
    expect(await world.list(pods)).toEqual([]);
    await world.close();
  });

  it('run replication controllers, whose selector is a plain map', async () => {
    const world = await startWorld();
    await world.make(replicationControllers, {
      metadata: { name: 'old' },
      spec: { replicas: 2, selector: labels, template },
    });
    await world.settle();
    expect(await world.list(pods)).toHaveLength(2);
    await world.change(replicationControllers, 'old', (object) => ({
      ...object,
      spec: { ...object.spec, replicas: 1 },
    }));
    await world.settle();
    expect(await world.list(pods)).toHaveLength(1);
    await world.close();
  });

  it('say how many pods may be disrupted', async () => {
    const world = await startWorld();
    await world.make(deployments, { ...deployment, spec: { ...deployment.spec, replicas: 4 } });
    await world.make(disruptionBudgets, {
      metadata: { name: 'web' },
      spec: { selector: { matchLabels: labels }, minAvailable: '50%' },
    });
    await world.settle();
    for (const { metadata } of living(await world.list(pods)).slice(0, 3))
      await world.setPod(metadata.name ?? '', 'Running');
    await world.settle();
    expect((await world.get(disruptionBudgets, 'web'))?.status).toMatchObject({
      expectedPods: 4,
      desiredHealthy: 2,
      currentHealthy: 3,
      disruptionsAllowed: 1,
      conditions: [{ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods' }],
    });
    await world.close();
  });
});
