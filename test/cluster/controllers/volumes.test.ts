import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claims, pods, storageClasses, volumes } from '../../../src/cluster/controllers/kinds.ts';
import type { Claim, Volume } from '../../../src/cluster/controllers/shapes.ts';
import { createObject } from '../../../src/cluster/objects/create-object.ts';
import { deleteObject } from '../../../src/cluster/objects/delete-object.ts';
import { coreType, type KubeObject, type ResourceType } from '../../../src/cluster/resources/index.ts';
import { startWorld, type TestWorld } from './support.ts';

let world: TestWorld;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

const makeWide = (type: ResourceType, object: KubeObject) =>
  createObject(world.context, { type, namespace: '', object, dryRun: false });
const claim = async (name: string, spec: object = {}) => {
  const asked = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } };
  await world.make(claims, { metadata: { name }, spec: { ...asked, ...spec } });
  await world.settle();
};
const volume = (name: string, storage: string, spec: object = {}) =>
  makeWide(volumes, {
    metadata: { name, labels: { size: storage } },
    spec: {
      capacity: { storage },
      accessModes: ['ReadWriteOnce', 'ReadOnlyMany'],
      hostPath: { path: '/d' },
      ...spec,
    },
  });
const claimNow = async (name: string) => (await world.get(claims, name)) as Claim;
const volumeNow = async (name: string) =>
  (await world.context.objects.get(volumes, '', name))?.object as Volume;
async function reasons(): Promise<readonly unknown[]> {
  return (await world.list(coreType('events'))).map(({ reason }) => reason);
}

describe('a claim', () => {
  it('gets the default class, and a volume made for it, which goes with it', async () => {
    await claim('data');
    const bound = await claimNow('data');
    const name = `pvc-${bound.metadata.uid}`;
    expect(bound).toMatchObject({
      metadata: {
        annotations: {
          'pv.kubernetes.io/bind-completed': 'yes',
          'pv.kubernetes.io/bound-by-controller': 'yes',
          'volume.kubernetes.io/storage-provisioner': 'sallyport.dev/simulated',
        },
      },
      spec: { storageClassName: 'standard', volumeName: name },
      status: { phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '2Gi' } },
    });
    expect(await volumeNow(name)).toMatchObject({
      spec: {
        capacity: { storage: '2Gi' },
        claimRef: { namespace: 'default', name: 'data', uid: bound.metadata.uid },
        persistentVolumeReclaimPolicy: 'Delete',
        storageClassName: 'standard',
      },
      status: { phase: 'Bound' },
    });
    expect(await reasons()).toEqual(['ProvisioningSucceeded']);
    await world.remove(claims, 'data');
    await world.settle();
    expect(await volumeNow(name)).toBeUndefined();
  });

  it('takes the smallest volume that fits, which is left behind when it goes', async () => {
    await volume('small', '1Gi');
    await volume('large', '9Gi');
    await volume('medium', '3Gi');
    await volume('other', '2Gi', { accessModes: ['ReadWriteMany'] });
    await world.settle();
    expect((await volumeNow('small')).status.phase).toBe('Available');
    await claim('mine', { storageClassName: '' });
    expect((await claimNow('mine')).spec.volumeName).toBe('medium');
    expect((await claimNow('mine')).status).toMatchObject({ phase: 'Bound', capacity: { storage: '3Gi' } });
    await claim('chosen', { storageClassName: '', selector: { matchLabels: { size: '9Gi' } } });
    expect((await claimNow('chosen')).spec.volumeName).toBe('large');
    await claim('none', { storageClassName: '' });
    expect((await claimNow('none')).status.phase).toBe('Pending');
    await world.remove(claims, 'mine');
    await world.settle();
    // What was bound once is not given to the next one.
    expect((await volumeNow('medium')).status.phase).toBe('Released');
    expect((await claimNow('none')).status.phase).toBe('Pending');
    await volume('new', '2Gi');
    await world.settle();
    expect((await claimNow('none')).spec.volumeName).toBe('new');
  });

  it('gets the volume that it names, or that is kept for it', async () => {
    await volume('kept', '5Gi', { claimRef: { namespace: 'default', name: 'late' } });
    await volume('free', '2Gi');
    await claim('late', { storageClassName: '' });
    expect((await claimNow('late')).spec.volumeName).toBe('kept');
    await claim('picky', { storageClassName: '', volumeName: 'free' });
    expect((await claimNow('picky')).status.phase).toBe('Bound');
  });

  it('is given to one, however many claim it', async () => {
    await volume('only', '2Gi');
    await Promise.all(['a', 'b', 'c'].map((name) => claim(name, { storageClassName: '' })));
    const phases = await Promise.all(
      ['a', 'b', 'c'].map(async (name) => (await claimNow(name)).status.phase),
    );
    expect(phases.toSorted()).toEqual(['Bound', 'Pending', 'Pending']);
  });

  it('waits for its first pod where the class says so', async () => {
    await makeWide(storageClasses, {
      metadata: { name: 'lazy' },
      provisioner: 'sallyport.dev/simulated',
      volumeBindingMode: 'WaitForFirstConsumer',
    } as unknown as KubeObject);
    await claim('data', { storageClassName: 'lazy' });
    expect((await claimNow('data')).status.phase).toBe('Pending');
    expect(await reasons()).toEqual(['WaitForFirstConsumer']);
    await world.make(pods, {
      metadata: { name: 'p' },
      spec: {
        containers: [{ name: 'c', image: 'i' }],
        volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }],
      },
    });
    await world.settle();
    expect((await claimNow('data')).status.phase).toBe('Bound');
  });

  it('of a class of somebody else, or of none that there is, waits and says so', async () => {
    await makeWide(storageClasses, {
      metadata: { name: 'foreign' },
      provisioner: 'a.example/d',
    } as KubeObject);
    await claim('a', { storageClassName: 'foreign' });
    await claim('b', { storageClassName: 'absent' });
    expect(await reasons()).toEqual(['ExternalProvisioning', 'ProvisioningFailed']);
    expect((await claimNow('a')).status.phase).toBe('Pending');
    await makeWide(storageClasses, {
      metadata: { name: 'absent' },
      provisioner: 'sallyport.dev/simulated',
    } as unknown as KubeObject);
    await world.settle();
    expect((await claimNow('b')).status.phase).toBe('Bound');
  });

  it('without a class waits until there is a default one', async () => {
    await deleteObject(world.context, {
      type: storageClasses,
      namespace: '',
      name: 'standard',
      dryRun: false,
    });
    await claim('data');
    expect((await claimNow('data')).status.phase).toBe('Pending');
    await makeWide(storageClasses, {
      metadata: { name: 'later', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'sallyport.dev/simulated',
      reclaimPolicy: 'Retain',
    } as unknown as KubeObject);
    await world.settle();
    const { spec, status } = await claimNow('data');
    expect([spec.storageClassName, status.phase]).toEqual(['later', 'Bound']);
    await world.remove(claims, 'data');
    await world.settle();
    expect((await volumeNow(spec.volumeName ?? '')).status.phase).toBe('Released');
  });

  it('may grow', async () => {
    await claim('data');
    await world.change(claims, 'data', (object) => ({
      ...object,
      spec: { ...object.spec, resources: { requests: { storage: '5Gi' } } },
    }));
    await world.settle();
    const { spec, status } = await claimNow('data');
    expect(status['capacity']).toEqual({ storage: '5Gi' });
    expect((await volumeNow(spec.volumeName ?? '')).spec.capacity).toEqual({ storage: '5Gi' });
  });

  it('may not where its class does not say that it can', async () => {
    await makeWide(storageClasses, {
      metadata: { name: 'fixed' },
      provisioner: 'sallyport.dev/simulated',
    } as unknown as KubeObject);
    await claim('data', { storageClassName: 'fixed' });
    const grown = world.change(claims, 'data', (object) => ({
      ...object,
      spec: { ...object.spec, resources: { requests: { storage: '5Gi' } } },
    }));
    await expect(grown).rejects.toMatchObject({
      status: {
        code: 403,
        message:
          'persistentvolumeclaims "data" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
      },
    });
  });
});
