import { timestamp } from '../../objects/object-context.ts';
import { type Controller, type ControllerDeps, controllerOf } from '../controller.ts';
import { claims, volumes } from '../kinds.ts';
import type { Claim, Volume } from '../shapes.ts';
import { removeObject, writeStatus } from '../writes.ts';
import { isClaimedBy } from './match-volume.ts';
import { isProvisioned } from './provisioned-volume.ts';

/**
 * Says of volumes whether they are free, bound or left behind; one that was made for a claim goes with it, unless it is to be
 * retained. Source: Kubernetes pkg/controller/volume/persistentvolume syncVolume.
 */
export const volumeController: Controller = controllerOf({
  name: 'persistentvolume-controller',
  account: 'persistent-volume-binder',
  kind: volumes,
  follows: [claims],
  concerns(world, { object }) {
    const { volumeName } = (object as Claim).spec;
    const { uid } = object.metadata;
    return world
      .list(volumes, '')
      .filter(({ metadata, spec }) => metadata.name === volumeName || spec.claimRef?.uid === uid);
  },
  async reconcile(deps, volume) {
    const phase = phaseOf(deps, volume);
    const isGoing = volume.metadata.deletionTimestamp !== undefined;
    const isToGo =
      !isGoing && isProvisioned(volume) && volume.spec.persistentVolumeReclaimPolicy === 'Delete';
    if (phase === 'Released' && isToGo) {
      await removeObject(deps.context, volumes, volume);
      return undefined;
    }
    if (phase === volume.status.phase) return undefined;
    const lastPhaseTransitionTime = timestamp(deps.context);
    await writeStatus(deps.context, volumes, volume, { ...volume.status, phase, lastPhaseTransitionTime });
    return undefined;
  },
});

function phaseOf({ world }: ControllerDeps, volume: Volume): string {
  const { claimRef } = volume.spec;
  if (claimRef?.uid === undefined) return 'Available';
  const claim = world.get(claims, claimRef.namespace ?? '', claimRef.name ?? '');
  return claim !== undefined && isClaimedBy(volume, claim) ? 'Bound' : 'Released';
}
