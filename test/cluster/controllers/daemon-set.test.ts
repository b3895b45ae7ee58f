import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { controllerRevisions, daemonSets, nodes, pods } from '../../../src/cluster/controllers/kinds.ts';
import type { DaemonSet } from '../../../src/cluster/controllers/shapes.ts';
import { createObject } from '../../../src/cluster/objects/create-object.ts';
import { deleteObject } from '../../../src/cluster/objects/delete-object.ts';
import { updateObject } from '../../../src/cluster/objects/update-object.ts';
import type { KubeObject } from '../../../src/cluster/resources/index.ts';
import { living, podTemplate, startWorld, type TestWorld } from './support.ts';

const labels = { app: 'agent' };

describe('a daemon set', () => {
  let world: TestWorld;
  beforeEach(async () => {
    world = await startWorld();
    await addNode('one', { disk: 'ssd' });
  });
  afterEach(() => world.close());

  const setTaints = async (name: string, taints: readonly object[]) => {
    const change = (node: KubeObject) => ({ ...node, spec: { taints } });
    await updateObject(world.context, {
      type: nodes,
      namespace: '',
      name,
      part: 'main',
      dryRun: false,
      change,
    });
    await world.settle();
  };
  const addNode = async (name: string, nodeLabels: Record<string, string> = {}) => {
    const object = { metadata: { name, labels: nodeLabels } };
    await createObject(world.context, { type: nodes, namespace: '', object, dryRun: false });
    // Its kubelet says that it is ready.
    await setTaints(name, []);
  };
  const make = (spec: object = {}, podSpec: object = {}) =>
    world.make(daemonSets, {
      metadata: { name: 'agent' },
      spec: { selector: { matchLabels: labels }, template: podTemplate('agent:1', labels, podSpec), ...spec },
    });
  const runAll = async () => {
    await world.settle();
    for (const { metadata } of living(await world.list(pods)))
      await world.setPod(metadata.name ?? '', 'Running');
    await world.settle();
  };
  const status = async () => ((await world.get(daemonSets, 'agent')) as DaemonSet).status;

  it('has a pod on every node, meant for that node only', async () => {
    await addNode('two');
    await make();
    await runAll();
    const own = await world.list(pods);
    const meantFor = own.map(
      ({ spec }) =>
        spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms?.[0]
          ?.matchFields?.[0]?.values,
    );
    expect(meantFor.flat().toSorted()).toEqual(['one', 'two']);
    expect(await status()).toMatchObject({
      desiredNumberScheduled: 2,
      currentNumberScheduled: 2,
      numberReady: 2,
      numberAvailable: 2,
      updatedNumberScheduled: 2,
      observedGeneration: 1,
    });
  });

  it('follows nodes that come and go', async () => {
    await make();
    await world.settle();
    await addNode('two');
    await world.settle();
    expect(await world.list(pods)).toHaveLength(2);
    await deleteObject(world.context, { type: nodes, namespace: '', name: 'two', dryRun: false });
    await world.settle();
    expect(await world.list(pods)).toHaveLength(1);
  });

  it('keeps the templates that it has had', async () => {
    await make();
    await runAll();
    await world.change(daemonSets, 'agent', (object) => ({
      ...object,
      spec: { ...object.spec, template: podTemplate('agent:2', labels) },
    }));
    await runAll();
    const revisions = await world.list(controllerRevisions);
    expect(revisions.map(({ revision }) => revision).toSorted()).toEqual([1, 2]);
    const newest = revisions.find(({ revision }) => revision === 2);
    const [pod] = await world.list(pods);
    expect(newest?.metadata.name).toBe(`agent-${pod?.metadata.labels?.['controller-revision-hash']}`);
    expect(newest?.metadata.labels).toMatchObject(labels);
  });

  it('has none where the selector does not fit', async () => {
    await addNode('two');
    await make({}, { nodeSelector: { disk: 'ssd' } });
    await world.settle();
    expect(await world.list(pods)).toHaveLength(1);
    expect(await status()).toMatchObject({ desiredNumberScheduled: 1 });
  });

  it('replaces pods of an older template, not more at a time than may be missing', async () => {
    await addNode('two');
    await make();
    await runAll();
    await world.change(daemonSets, 'agent', (set) => ({
      ...set,
      spec: { ...set.spec, template: podTemplate('agent:2', labels) },
    }));
    await world.settle();
    const images = async () =>
      (await world.list(pods)).map(({ spec }) => (spec.containers[0] as { image?: string }).image).toSorted();
    expect(await images()).toEqual(['agent:1', 'agent:2']);
    await runAll();
    expect(await images()).toEqual(['agent:2', 'agent:2']);
    await runAll();
    expect(await status()).toMatchObject({ updatedNumberScheduled: 2, numberAvailable: 2 });
  });

  it('is kept from tainted nodes, and stays unless the taint says that nobody may', async () => {
    const taint = { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' };
    await addNode('two');
    await setTaints('two', [taint]);
    await make();
    await runAll();
    expect(await status()).toMatchObject({ desiredNumberScheduled: 1, currentNumberScheduled: 1 });
    await setTaints('two', []);
    await runAll();
    expect(await status()).toMatchObject({ desiredNumberScheduled: 2 });
    await setTaints('two', [taint]);
    expect(await status()).toMatchObject({ desiredNumberScheduled: 1, numberMisscheduled: 1 });
    await setTaints('two', [{ ...taint, effect: 'NoExecute' }]);
    expect(living(await world.list(pods))).toHaveLength(1);
  });

  it('may have the new pod beside the old one until it serves', async () => {
    await make({
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    });
    await runAll();
    await world.change(daemonSets, 'agent', (set) => ({
      ...set,
      spec: { ...set.spec, template: podTemplate('agent:2', labels) },
    }));
    await world.settle();
    const images = async () =>
      living(await world.list(pods))
        .map(({ spec }) => (spec.containers[0] as { image?: string }).image)
        .toSorted();
    expect(await images()).toEqual(['agent:1', 'agent:2']);
    await runAll();
    expect(await images()).toEqual(['agent:2']);
    expect(await status()).toMatchObject({ updatedNumberScheduled: 1, numberAvailable: 1 });
  });
});
