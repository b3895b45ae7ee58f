import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodes, pods } from '../../../src/cluster/controllers/kinds.ts';
import { createObject } from '../../../src/cluster/objects/create-object.ts';
import { trackedAs } from '../../../src/cluster/objects/tracked-as.ts';
import { updateObject } from '../../../src/cluster/objects/update-object.ts';
import { coreType, type KubeObject } from '../../../src/cluster/resources/index.ts';
import { living, startWorld, type TestWorld } from './support.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await startWorld();
  const object = { metadata: { name: 'node', labels: { of: 'mine' } } };
  const trackFields = trackedAs(world.context, nodes, 'kubelet', '');
  await createObject(world.context, { type: nodes, namespace: '', object, dryRun: false, trackFields });
});
afterEach(() => world.close());

const taint = { key: 'broken', effect: 'NoExecute' };

async function setTaints(...taints: readonly object[]): Promise<void> {
  const change = (node: KubeObject) => ({ ...node, spec: { taints } });
  const trackFields = trackedAs(world.context, nodes, 'kubectl-taint', '');
  const call = {
    type: nodes,
    namespace: '',
    name: 'node',
    part: 'main' as const,
    dryRun: false,
    change,
    trackFields,
  };
  await updateObject(world.context, call);
  await world.settle();
}

async function run(name: string, ...tolerations: readonly object[]): Promise<void> {
  const containers = [{ name: 'main', image: 'i' }];
  await world.make(pods, { metadata: { name }, spec: { containers, tolerations, nodeName: 'node' } });
  await world.setPod(name, 'Running');
  await world.settle();
}

const left = async () => living(await world.list(pods)).map(({ metadata }) => metadata.name);

describe('a taint NoExecute', () => {
  it('ends the pods that do not bear it, the others when their time is over', async () => {
    const about = { key: 'broken', operator: 'Exists' };
    await run('plain');
    await run('patient', { ...about, effect: 'NoExecute', tolerationSeconds: 60 });
    await run('steady', about);
    await run('other', { key: 'else', operator: 'Exists' });
    await world.pass(100_000);
    await setTaints(taint);
    expect(await left()).toEqual(['patient', 'steady']);
    await world.pass(59_000);
    expect(await left()).toEqual(['patient', 'steady']);
    await world.pass(1_000);
    expect(await left()).toEqual(['steady']);
    const events = (await world.list(coreType('events'))) as readonly (KubeObject & { message?: string })[];
    expect(events.map(({ message }) => message)).toContain('Marking for deletion Pod default/plain');
  });

  it('ends nobody when it goes in time', async () => {
    await run('patient', { key: 'broken', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 });
    await setTaints(taint);
    await world.pass(30_000);
    await setTaints();
    await world.pass(100_000);
    expect(await left()).toEqual(['patient']);
    await setTaints({ ...taint, effect: 'NoSchedule' });
    expect(await left()).toEqual(['patient']);
  });
});
