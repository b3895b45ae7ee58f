import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claims, controllerRevisions, pods, statefulSets } from '../../../src/cluster/controllers/kinds.ts';
import { isReady } from '../../../src/cluster/controllers/pods/pod-facts.ts';
import type { StatefulSet } from '../../../src/cluster/controllers/shapes.ts';
import { living, podTemplate, startWorld, type TestWorld } from './support.ts';

const labels = { app: 'db' };

/** A container that mounts what its set claims for each pod. */
function mounting(image: string) {
  return { name: 'main', image, volumeMounts: [{ name: 'data', mountPath: '/data' }] };
}

function statefulSet(spec: object = {}) {
  const volumeClaimTemplates = [
    {
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
  ];
  return {
    metadata: { name: 'db' },
    spec: {
      replicas: 3,
      serviceName: 'db',
      selector: { matchLabels: labels },
      template: podTemplate('postgres:1', labels, { containers: [mounting('postgres:1')] }),
      volumeClaimTemplates,
      ...spec,
    },
  };
}

const withSpec = (spec: object) => (object: StatefulSet) => ({
  ...object,
  spec: { ...object.spec, ...spec },
});

describe('a stateful set', () => {
  let world: TestWorld;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());

  const names = async () => {
    await world.settle();
    return (await world.list(pods)).map(({ metadata }) => metadata.name);
  };
  const images = async () =>
    Object.fromEntries(
      (await world.list(pods)).map(({ metadata, spec }) => [
        metadata.name,
        (spec.containers[0] as { image?: string }).image,
      ]),
    );

  /** Makes pods ready one after the other; says in which order they came. */
  async function runAll(): Promise<readonly string[]> {
    const order: string[] = [];
    for (;;) {
      await world.settle();
      const pending = living(await world.list(pods)).filter((pod) => !isReady(pod));
      expect(pending.length).toBeLessThanOrEqual(1);
      const name = pending[0]?.metadata.name;
      if (name === undefined) return order;
      order.push(name);
      await world.setPod(name, 'Running');
    }
  }

  it('makes its pods in order, each with its claim, when the one before is ready', async () => {
    await world.make(statefulSets, statefulSet());
    expect(await names()).toEqual(['db-0']);
    expect(await runAll()).toEqual(['db-0', 'db-1', 'db-2']);
    expect(await world.get(pods, 'db-1')).toMatchObject({
      metadata: {
        labels: {
          ...labels,
          'statefulset.kubernetes.io/pod-name': 'db-1',
          'apps.kubernetes.io/pod-index': '1',
        },
        ownerReferences: [{ kind: 'StatefulSet', name: 'db', controller: true }],
      },
      spec: {
        hostname: 'db-1',
        subdomain: 'db',
        volumes: expect.arrayContaining([
          { name: 'data', persistentVolumeClaim: { claimName: 'data-db-1' } },
        ]),
      },
    });
    expect((await world.list(claims)).map(({ metadata, status }) => [metadata.name, status.phase])).toEqual([
      ['data-db-0', 'Bound'],
      ['data-db-1', 'Bound'],
      ['data-db-2', 'Bound'],
    ]);
    const { status } = (await world.get(statefulSets, 'db')) as StatefulSet;
    expect(status).toMatchObject({
      observedGeneration: 1,
      replicas: 3,
      readyReplicas: 3,
      currentReplicas: 3,
      updatedReplicas: 3,
      availableReplicas: 3,
    });
    expect(status.currentRevision).toBe(status['updateRevision']);
  });

  it('makes all at once when asked to', async () => {
    await world.make(statefulSets, statefulSet({ podManagementPolicy: 'Parallel' }));
    expect(await names()).toEqual(['db-0', 'db-1', 'db-2']);
  });

  it('shrinks from the end, and keeps the claims', async () => {
    await world.make(statefulSets, statefulSet());
    await runAll();
    await world.change(statefulSets, 'db', withSpec({ replicas: 1 }));
    expect(await names()).toEqual(['db-0']);
    expect(await world.list(claims)).toHaveLength(3);
    await world.change(statefulSets, 'db', withSpec({ replicas: 2 }));
    expect(await runAll()).toEqual(['db-1']);
  });

  it('deletes the claims with the pods or with itself when asked to', async () => {
    const policy = { persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete', whenDeleted: 'Delete' } };
    await world.make(statefulSets, statefulSet(policy));
    await runAll();
    await world.change(statefulSets, 'db', withSpec({ replicas: 1 }));
    await world.settle();
    expect((await world.list(claims)).map(({ metadata }) => metadata.name)).toEqual(['data-db-0']);
    await world.remove(statefulSets, 'db');
    await world.settle();
    expect(await world.list(pods)).toEqual([]);
    expect(await world.list(claims)).toEqual([]);
  });

  it('updates from the end, one after the other, down to the partition', async () => {
    await world.make(statefulSets, statefulSet());
    await runAll();
    const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 1 } };
    await world.change(
      statefulSets,
      'db',
      withSpec({ template: podTemplate('postgres:2', labels), updateStrategy }),
    );
    expect(await runAll()).toEqual(['db-2', 'db-1']);
    expect(await images()).toEqual({ 'db-0': 'postgres:1', 'db-1': 'postgres:2', 'db-2': 'postgres:2' });
    await world.change(statefulSets, 'db', withSpec({ updateStrategy: { type: 'RollingUpdate' } }));
    expect(await runAll()).toEqual(['db-0']);
    const { status } = (await world.get(statefulSets, 'db')) as StatefulSet;
    expect(status).toMatchObject({
      updatedReplicas: 3,
      currentReplicas: 3,
      currentRevision: status['updateRevision'],
    });
  });

  it('updates as many at a time as may be missing', async () => {
    await world.make(statefulSets, statefulSet());
    await runAll();
    const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2 } };
    const template = podTemplate('postgres:2', labels);
    await world.change(statefulSets, 'db', withSpec({ template, updateStrategy }));
    await world.settle();
    expect(await images()).toMatchObject({ 'db-0': 'postgres:1', 'db-1': 'postgres:2' });
    await runAll();
    const all = { 'db-0': 'postgres:2', 'db-1': 'postgres:2', 'db-2': 'postgres:2' };
    expect(await images()).toEqual(all);
  });

  it('makes pods below the partition from the template that the others there have', async () => {
    await world.make(statefulSets, statefulSet());
    await runAll();
    const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 2 } };
    const template = podTemplate('postgres:2', labels, { containers: [mounting('postgres:2')] });
    await world.change(statefulSets, 'db', withSpec({ template, updateStrategy }));
    await runAll();
    await world.remove(pods, 'db-0');
    await runAll();
    expect(await images()).toEqual({ 'db-0': 'postgres:1', 'db-1': 'postgres:1', 'db-2': 'postgres:2' });
  });

  it('keeps the templates that it has had, as many as it may', async () => {
    const history = async () => {
      await runAll();
      return (await world.list(controllerRevisions))
        .toSorted((a, b) => a.revision - b.revision)
        .map(({ revision, data }) => {
          const [container] = data.spec.template.spec['containers'] as readonly { readonly image: string }[];
          return [revision, container?.image];
        });
    };
    const withTemplate = (image: string) =>
      withSpec({ template: podTemplate(image, labels, { containers: [mounting(image)] }) });
    await world.make(statefulSets, statefulSet({ replicas: 1, revisionHistoryLimit: 1 }));
    expect(await history()).toEqual([[1, 'postgres:1']]);
    await world.change(statefulSets, 'db', withTemplate('postgres:2'));
    expect(await history()).toEqual([
      [1, 'postgres:1'],
      [2, 'postgres:2'],
    ]);
    // What `kubectl rollout undo` does: the first becomes the newest.
    await world.change(statefulSets, 'db', withTemplate('postgres:1'));
    expect(await history()).toEqual([
      [2, 'postgres:2'],
      [3, 'postgres:1'],
    ]);
    await world.change(statefulSets, 'db', withTemplate('postgres:3'));
    expect(await history()).toEqual([
      [3, 'postgres:1'],
      [4, 'postgres:3'],
    ]);
    const [kept] = await world.list(controllerRevisions);
    expect(kept).toMatchObject({
      metadata: { labels, ownerReferences: [{ kind: 'StatefulSet', name: 'db', controller: true }] },
      data: { spec: { template: { $patch: 'replace' } } },
    });
    await world.remove(statefulSets, 'db');
    await world.settle();
    expect(await world.list(controllerRevisions)).toEqual([]);
  });

  it('leaves old pods alone when they are to be deleted by hand', async () => {
    await world.make(statefulSets, statefulSet({ updateStrategy: { type: 'OnDelete' } }));
    await runAll();
    await world.change(statefulSets, 'db', withSpec({ template: podTemplate('postgres:2', labels) }));
    await world.settle();
    await world.remove(pods, 'db-1');
    await runAll();
    expect(await images()).toEqual({ 'db-0': 'postgres:1', 'db-1': 'postgres:2', 'db-2': 'postgres:1' });
  });

  it('replaces a pod that has failed under the same name', async () => {
    await world.make(statefulSets, statefulSet());
    await runAll();
    const { uid } = (await world.get(pods, 'db-1'))?.metadata ?? {};
    await world.setPod('db-1', 'Failed');
    expect(await runAll()).toEqual(['db-1']);
    expect((await world.get(pods, 'db-1'))?.metadata.uid).not.toBe(uid);
  });
});
