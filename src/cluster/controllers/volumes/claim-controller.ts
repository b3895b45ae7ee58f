import type { KubeObject } from '../../resources/index.ts';
import { compareQuantities } from '../../schema/index.ts';
import { type Controller, type ControllerDeps, controllerOf } from '../controller.ts';
import { claims, pods, storageClasses, volumes } from '../kinds.ts';
import type { Claim, Pod, StorageClass, Volume } from '../shapes.ts';
import { changeObject, makeObject, writeStatus } from '../writes.ts';
import { findVolume, isClaimedBy, referenceTo } from './match-volume.ts';
import { isProvisioned, provisionedVolume, provisioner } from './provisioned-volume.ts';

const defaultAnnotation = 'storageclass.kubernetes.io/is-default-class';

/**
 * Binds claims to volumes: to one that fits and is free, or to a new one where the class is ours. Nothing is mounted: a
 * volume is an entry in the books. Source: Kubernetes pkg/controller/volume/persistentvolume.
 */
export const claimController: Controller = controllerOf({
  name: 'persistentvolume-controller',
  account: 'persistent-volume-binder',
  kind: claims,
  follows: [volumes, storageClasses, pods],
  concerns(world, { type, object }) {
    const pending = world.list(claims, '').filter(({ status }) => status.phase !== 'Bound');
    if (type !== pods) return pending;
    const used = claimsOf(object as Pod);
    return pending.filter(
      ({ metadata }) =>
        metadata.namespace === object.metadata.namespace && used.includes(metadata.name ?? ''),
    );
  },
  async reconcile(deps, seen) {
    if (seen.metadata.deletionTimestamp !== undefined) return undefined;
    if (seen.status.phase === 'Bound') return grow(deps, seen);
    const claim = await withClass(deps, seen);
    const volume = findVolume(deps.world.list(volumes, ''), claim) ?? (await provision(deps, claim));
    if (volume !== undefined) await bind(deps, claim, volume);
    return undefined;
  },
});

/** A claim that names no class gets the default one, also when that comes later. */
async function withClass({ context, world }: ControllerDeps, claim: Claim): Promise<Claim> {
  if (claim.spec.storageClassName !== undefined) return claim;
  const defaults = world.list(storageClasses, '').filter(isDefault);
  const newest = defaults.toSorted((a, b) => createdAt(b) - createdAt(a))[0];
  if (newest === undefined) return claim;
  return changeObject(context, claims, claim, (object) => ({
    ...object,
    spec: { ...object.spec, storageClassName: newest.metadata.name },
  }));
}

function isDefault({ metadata }: StorageClass): boolean {
  return metadata.annotations?.[defaultAnnotation] === 'true';
}

function createdAt({ metadata }: KubeObject): number {
  return Date.parse(metadata.creationTimestamp ?? '') || 0;
}

/** A new volume of exactly the claim's size; undefined, with an event that says why, when there is none yet. */
async function provision(deps: ControllerDeps, claim: Claim): Promise<Volume | undefined> {
  const { context, world, tell } = deps;
  const { storageClassName: name = '', volumeName } = claim.spec;
  if (name === '' || volumeName !== undefined) return undefined;
  const storageClass = world.get(storageClasses, '', name);
  if (storageClass === undefined) {
    const message = `storageclass.storage.k8s.io ${JSON.stringify(name)} not found`;
    tell(claims, claim, 'ProvisioningFailed', message, 'Warning');
    return undefined;
  }
  if (storageClass.volumeBindingMode === 'WaitForFirstConsumer' && !isUsed(deps, claim)) {
    tell(claims, claim, 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
    return undefined;
  }
  if (storageClass.provisioner !== provisioner) {
    const message =
      `Waiting for a volume to be created either by the external provisioner '${storageClass.provisioner}' or manually ` +
      'by the system administrator. If volume creation is delayed, please verify that the provisioner is running and ' +
      'correctly registered.';
    tell(claims, claim, 'ExternalProvisioning', message);
    return undefined;
  }
  const volume = provisionedVolume(claim, storageClass);
  const known = world.get(volumes, '', volume.metadata.name ?? '');
  if (known !== undefined) return known;
  const made = await makeObject(context, volumes, '', volume);
  tell(claims, claim, 'ProvisioningSucceeded', `Successfully provisioned volume ${made.metadata.name}`);
  return made;
}

function isUsed({ world }: ControllerDeps, { metadata }: Claim): boolean {
  return world
    .list(pods, metadata.namespace ?? '')
    .some((pod) => claimsOf(pod).includes(metadata.name ?? ''));
}

function claimsOf({ spec }: Pod): readonly string[] {
  const mounted = (spec['volumes'] ?? []) as readonly {
    readonly persistentVolumeClaim?: { readonly claimName: string };
  }[];
  return mounted.flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []);
}

/** A bound claim that asks for more gets it at once, where the volume was made for it. */
async function grow({ context, world }: ControllerDeps, claim: Claim): Promise<undefined> {
  const volume = world.get(volumes, '', claim.spec.volumeName ?? '');
  const storage = claim.spec.resources?.requests?.['storage'] ?? '0';
  if (volume === undefined || !isProvisioned(volume) || !isClaimedBy(volume, claim)) return undefined;
  if (compareQuantities(storage, volume.spec.capacity?.['storage'] ?? '0') > 0) {
    await changeObject(context, volumes, volume, (object) => ({
      ...object,
      spec: { ...object.spec, capacity: { storage } },
    }));
  }
  if (compareQuantities(storage, String(claim.status.capacity?.['storage'] ?? '0')) > 0) {
    await writeStatus(context, claims, claim, { ...claim.status, capacity: { storage } });
  }
  return undefined;
}

/** First the volume says whose it is, so that no second claim takes it. */
async function bind({ context }: ControllerDeps, claim: Claim, found: Volume): Promise<void> {
  const volume = isClaimedBy(found, claim)
    ? found
    : await changeObject(context, volumes, found, (object) => ({
        ...object,
        spec: { ...object.spec, claimRef: referenceTo(claim) },
      }));
  const { name: volumeName = '' } = volume.metadata;
  const annotations = {
    ...claim.metadata.annotations,
    'pv.kubernetes.io/bind-completed': 'yes',
    ...(claim.spec.volumeName === undefined && { 'pv.kubernetes.io/bound-by-controller': 'yes' }),
    ...(isProvisioned(volume) && { 'volume.kubernetes.io/storage-provisioner': provisioner }),
  };
  const bound = await changeObject(context, claims, claim, (object) => ({
    ...object,
    metadata: { ...object.metadata, annotations },
    spec: { ...object.spec, volumeName },
  }));
  const { accessModes, capacity } = volume.spec;
  await writeStatus(context, claims, bound, { ...bound.status, phase: 'Bound', accessModes, capacity });
}
