import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { conditionOf } from '../../../src/cluster/controllers/condition-list.ts';
import { deployments, pods, replicaSets } from '../../../src/cluster/controllers/kinds.ts';
import { isReady } from '../../../src/cluster/controllers/pods/pod-facts.ts';
import type { Deployment } from '../../../src/cluster/controllers/shapes.ts';
import { createObject } from '../../../src/cluster/objects/create-object.ts';
import { objectKey } from '../../../src/cluster/objects/object-key.ts';
import { trackedAs } from '../../../src/cluster/objects/tracked-as.ts';
import type { ManagedFieldsEntry } from '../../../src/cluster/ownership/index.ts';
import type { KubeObject } from '../../../src/cluster/resources/index.ts';
import { deployment, labels, withImage } from './deployment-samples.ts';
import { living, podTemplate, startWorld, type TestWorld } from './support.ts';

const withSpec = (spec: object) => (object: Deployment) => ({ ...object, spec: { ...object.spec, ...spec } });

describe('a deployment', () => {
  let world: TestWorld;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());

  const web = async () => (await world.get(deployments, 'web')) as Deployment;
  const progress = async () => conditionOf((await web()).status.conditions, 'Progressing');

  /** The kubelet's part, until nothing is left to do. */
  async function runAll(): Promise<void> {
    for (;;) {
      await world.settle();
      const pending = living(await world.list(pods)).filter((pod) => !isReady(pod));
      if (pending.length === 0) return;
      for (const { metadata } of pending) await world.setPod(metadata.name ?? '', 'Running');
    }
  }

  const sizes = async () =>
    Object.fromEntries(
      (await world.list(replicaSets)).map(({ metadata, spec }) => [
        metadata.annotations?.['deployment.kubernetes.io/revision'],
        spec.replicas,
      ]),
    );

  it('makes a replica set and its pods, and says when they are there', async () => {
    await world.make(deployments, deployment());
    await world.settle();
    const [set] = await world.list(replicaSets);
    const hash = set?.metadata.labels?.['pod-template-hash'] ?? '';
    expect(hash).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/);
    expect(set?.metadata.name).toBe(`web-${hash}`);
    expect(set?.metadata.ownerReferences).toMatchObject([
      { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', controller: true, blockOwnerDeletion: true },
    ]);
    const own = await world.list(pods);
    expect(own).toHaveLength(3);
    for (const { metadata } of own) {
      expect(metadata.name).toMatch(new RegExp(`^web-${hash}-[a-z0-9]{5}$`));
      expect(metadata.labels).toEqual({ ...labels, 'pod-template-hash': hash });
      expect(metadata.ownerReferences).toMatchObject([{ kind: 'ReplicaSet', name: set?.metadata.name }]);
    }
    expect((await web()).status).toMatchObject({ replicas: 3, updatedReplicas: 3, unavailableReplicas: 3 });
    expect(conditionOf((await web()).status.conditions, 'Available')).toMatchObject({ status: 'False' });
    await runAll();
    const { status, metadata } = await web();
    expect(metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('1');
    expect(status).toMatchObject({
      observedGeneration: 1,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
    });
    expect(status).not.toHaveProperty('unavailableReplicas');
    expect(conditionOf(status.conditions, 'Available')).toMatchObject({
      status: 'True',
      reason: 'MinimumReplicasAvailable',
    });
    expect(await progress()).toMatchObject({
      status: 'True',
      reason: 'NewReplicaSetAvailable',
      message: `ReplicaSet "web-${hash}" has successfully progressed.`,
    });
  });

  it('tells of a new set together with its number, then of its progress', async () => {
    const told: string[] = [];
    const watch = world.store.watch(objectKey(deployments, 'default', 'web'), await world.store.revision(), {
      onEvents(events) {
        for (const event of events) {
          if (event.type !== 'put') continue;
          const { metadata, status } = JSON.parse(event.entry.value) as Deployment;
          const revision = metadata.annotations?.['deployment.kubernetes.io/revision'];
          const conditions = (status.conditions ?? []).map(({ type, reason }) => `${type}=${reason}`);
          const text = [revision, status.observedGeneration, ...conditions.toSorted()].join(' ');
          if (told.at(-1) !== text) told.push(text);
        }
      },
      onError: () => {},
    });
    await world.make(deployments, deployment());
    await runAll();
    await world.change(deployments, 'web', withImage('nginx:2'));
    await world.settle();
    watch.close();
    expect(told).toEqual([
      ' ',
      '1  Progressing=NewReplicaSetCreated',
      '1 1 Available=MinimumReplicasUnavailable Progressing=NewReplicaSetCreated',
      '1 1 Available=MinimumReplicasUnavailable Progressing=ReplicaSetUpdated',
      '1 1 Available=MinimumReplicasAvailable Progressing=NewReplicaSetAvailable',
      '2 1 Available=MinimumReplicasAvailable Progressing=NewReplicaSetCreated',
      '2 2 Available=MinimumReplicasAvailable Progressing=NewReplicaSetCreated',
      '2 2 Available=MinimumReplicasAvailable Progressing=ReplicaSetUpdated',
    ]);
  });

  it('owns its number and what it says, as the recorded one does', async () => {
    const trackFields = trackedAs(world.context, deployments, 'kc', '');
    const call = { type: deployments, namespace: 'default', dryRun: false, trackFields };
    await createObject(world.context, { ...call, object: deployment() as KubeObject });
    await world.settle();
    const entries = (await web()).metadata['managedFields'] as readonly ManagedFieldsEntry[];
    const condition = Object.fromEntries(
      ['.', 'f:lastTransitionTime', 'f:lastUpdateTime', 'f:message', 'f:reason', 'f:status', 'f:type'].map(
        (field) => [field, {}],
      ),
    );
    expect(entries.map(({ manager, subresource }) => [manager, subresource])).toEqual([
      ['kc', undefined],
      ['kube-controller-manager', 'status'],
    ]);
    expect(entries[1]?.fieldsV1).toEqual({
      'f:metadata': { 'f:annotations': { '.': {}, 'f:deployment.kubernetes.io/revision': {} } },
      'f:status': {
        'f:conditions': {
          '.': {},
          'k:{"type":"Available"}': condition,
          'k:{"type":"Progressing"}': condition,
        },
        'f:observedGeneration': {},
        'f:replicas': {},
        'f:terminatingReplicas': {},
        'f:unavailableReplicas': {},
        'f:updatedReplicas': {},
      },
    });
  });

  it('counts the pods that are on their way out', async () => {
    await world.make(deployments, deployment());
    await runAll();
    const terminating = async () => [
      (await world.list(replicaSets)).map(({ status }) => status.terminatingReplicas),
      (await web()).status.terminatingReplicas,
    ];
    expect(await terminating()).toEqual([[0], 0]);
    const [first] = await world.list(pods);
    const name = first?.metadata.name ?? '';
    await world.bindPod(name);
    await world.remove(pods, name);
    await runAll();
    expect(await terminating()).toEqual([[1], 1]);
    await world.endPod(name);
    await world.settle();
    expect(await terminating()).toEqual([[0], 0]);
  });

  it('owns what it writes, status apart', async () => {
    await world.make(deployments, deployment());
    await runAll();
    const [set] = await world.list(replicaSets);
    const entries = set?.metadata['managedFields'] as readonly Record<string, unknown>[];
    expect(entries.map(({ manager, subresource }) => [manager, subresource])).toEqual([
      ['kube-controller-manager', undefined],
      ['kube-controller-manager', 'status'],
    ]);
    expect(entries[1]?.['fieldsV1']).toMatchObject({ 'f:status': { 'f:readyReplicas': {} } });
  });

  it('writes nothing when all is as it should be', async () => {
    await world.make(deployments, deployment());
    await runAll();
    const before = await world.store.revision();
    await world.pass(3_600_000);
    expect(await world.store.revision()).toBe(before);
  });

  it('replaces a pod that is deleted or has failed', async () => {
    await world.make(deployments, deployment());
    await runAll();
    const [first, second] = await world.list(pods);
    await world.remove(pods, first?.metadata.name ?? '');
    await world.setPod(second?.metadata.name ?? '', 'Failed');
    await runAll();
    expect(living(await world.list(pods))).toHaveLength(3);
  });

  it('scales up and down, giving up what is not ready first', async () => {
    await world.make(deployments, deployment());
    await runAll();
    const ready = (await world.list(pods)).map(({ metadata }) => metadata.name);
    await world.change(deployments, 'web', withSpec({ replicas: 5 }));
    await world.settle();
    expect(await world.list(pods)).toHaveLength(5);
    await world.change(deployments, 'web', withSpec({ replicas: 3 }));
    await world.settle();
    expect((await world.list(pods)).map(({ metadata }) => metadata.name).toSorted()).toEqual(
      ready.toSorted(),
    );
    await world.change(deployments, 'web', withSpec({ replicas: 0 }));
    await world.settle();
    expect(await world.list(pods)).toEqual([]);
  });

  it('keeps its history, and goes back to a revision under a new number', async () => {
    await world.make(deployments, deployment({ revisionHistoryLimit: 2 }));
    for (const image of ['nginx:2', 'nginx:3', 'nginx:4']) {
      await runAll();
      await world.change(deployments, 'web', withImage(image));
    }
    await runAll();
    expect(await sizes()).toEqual({ 2: 0, 3: 0, 4: 3 });
    await world.change(deployments, 'web', withImage('nginx:3'));
    await runAll();
    expect(await sizes()).toEqual({ 2: 0, 4: 0, 5: 3 });
    const back = (await world.list(replicaSets)).find(({ spec }) => spec.replicas === 3);
    expect(back?.metadata.annotations).toMatchObject({ 'deployment.kubernetes.io/revision-history': '3' });
    expect((await web()).metadata.annotations).toMatchObject({ 'deployment.kubernetes.io/revision': '5' });
  });

  it('waits for all old pods when it recreates', async () => {
    await world.make(deployments, deployment({ strategy: { type: 'Recreate' } }));
    await runAll();
    // A pod on a node ends in its own time.
    for (const { metadata } of await world.list(pods)) await world.bindPod(metadata.name ?? '');
    await world.change(deployments, 'web', withImage('nginx:2'));
    await world.settle();
    const leaving = await world.list(pods);
    expect(leaving).toHaveLength(3);
    expect(living(leaving)).toEqual([]);
    expect(await sizes()).toEqual({ 1: 0 });
    for (const { metadata } of leaving) await world.endPod(metadata.name ?? '');
    await runAll();
    expect(await sizes()).toEqual({ 1: 0, 2: 3 });
  });

  it('rests while it is paused, but scales', async () => {
    await world.make(deployments, deployment());
    await runAll();
    await world.change(deployments, 'web', withSpec({ paused: true }));
    await world.change(deployments, 'web', withImage('nginx:2'));
    await world.settle();
    expect(await progress()).toMatchObject({ status: 'Unknown', reason: 'DeploymentPaused' });
    expect(await sizes()).toEqual({ 1: 3 });
    await world.change(deployments, 'web', withSpec({ replicas: 4 }));
    await runAll();
    expect(await sizes()).toEqual({ 1: 4 });
    await world.change(deployments, 'web', withSpec({ paused: false }));
    await runAll();
    expect(await sizes()).toEqual({ 1: 0, 2: 4 });
    expect(await progress()).toMatchObject({ reason: 'NewReplicaSetAvailable' });
  });

  it('says when nothing has moved for as long as its deadline', async () => {
    await world.make(deployments, deployment({ progressDeadlineSeconds: 60 }));
    await world.pass(59_000);
    expect(await progress()).toMatchObject({ status: 'True' });
    await world.pass(5_000);
    expect(await progress()).toMatchObject({ status: 'False', reason: 'ProgressDeadlineExceeded' });
    await runAll();
    expect(await progress()).toMatchObject({ status: 'True', reason: 'NewReplicaSetAvailable' });
  });

  it('counts a pod as available when it has been ready for long enough', async () => {
    await world.make(deployments, deployment({ minReadySeconds: 30 }));
    await runAll();
    expect((await web()).status).toMatchObject({ readyReplicas: 3, unavailableReplicas: 3 });
    await world.pass(30_000);
    expect((await web()).status).toMatchObject({ readyReplicas: 3, availableReplicas: 3 });
  });

  it('adopts a set that fits and lets go of one that does not any more', async () => {
    await world.make(deployments, deployment());
    await runAll();
    await world.remove(deployments, 'web', 'Orphan');
    await world.settle();
    const [orphan] = await world.list(replicaSets);
    expect(orphan?.metadata.ownerReferences ?? []).toEqual([]);
    await world.make(deployments, deployment());
    await runAll();
    const [adopted, ...others] = await world.list(replicaSets);
    expect(others).toEqual([]);
    expect(adopted?.metadata.ownerReferences).toMatchObject([{ kind: 'Deployment', name: 'web' }]);
    const [pod] = await world.list(pods);
    await world.change(pods, pod?.metadata.name ?? '', (object) => ({
      ...object,
      metadata: { ...object.metadata, labels: { app: 'debugged' } },
    }));
    await runAll();
    expect((await world.get(pods, pod?.metadata.name ?? ''))?.metadata.ownerReferences ?? []).toEqual([]);
    expect(await world.list(pods)).toHaveLength(4);
  });

  it.each(['Background', 'Foreground'] as const)('goes with all that it has made: %s', async (policy) => {
    await world.make(deployments, deployment());
    await runAll();
    await world.remove(deployments, 'web', policy);
    await world.settle();
    expect(await world.list(pods)).toEqual([]);
    expect(await world.list(replicaSets)).toEqual([]);
    expect(await world.get(deployments, 'web')).toBeUndefined();
  });

  it('takes another name when a stranger has the one it would give', async () => {
    await world.make(deployments, deployment({ paused: true }));
    await world.settle();
    const other = await startWorld();
    await other.make(deployments, deployment());
    await other.settle();
    const [twin] = await other.list(replicaSets);
    await other.close();
    const mine = { who: 'stranger' };
    await world.make(replicaSets, {
      metadata: { name: twin?.metadata.name },
      spec: { replicas: 0, selector: { matchLabels: mine }, template: podTemplate('x', mine) },
    });
    await world.change(deployments, 'web', withSpec({ paused: false }));
    await world.pass(1000);
    await runAll();
    expect((await web()).status).toMatchObject({ collisionCount: 1, availableReplicas: 3 });
  });
});
