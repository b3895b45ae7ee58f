import { type Controller, type ControllerDeps, controllerOf } from './controller.ts';
import { claims } from './kinds.ts';
import type { Claim } from './shapes.ts';
import { changeObject, writeStatus } from './writes.ts';

/** The class of claims that name none, as if it were marked as the default. */
const defaultClass = 'standard';
const provisioner = 'sallyport.dev/simulated';

/**
 * Binds every claim at once to a volume of exactly its size: volumes are names only, since nothing is mounted. A claim of
 * the class '' asks for a volume that somebody has made by hand, and waits.
 * Source: Kubernetes pkg/controller/volume/persistentvolume.
 */
export const claimController: Controller = controllerOf({
  name: 'persistentvolume-controller',
  kind: claims,
  follows: [],
  concerns: () => [],
  async reconcile(deps, claim) {
    if (claim.metadata.deletionTimestamp !== undefined || claim.spec.storageClassName === '')
      return undefined;
    if (claim.status.phase === 'Bound') return undefined;
    const bound = await bind(deps, claim);
    const { accessModes, resources } = bound.spec;
    const capacity = { storage: resources?.requests?.['storage'] ?? '0' };
    await writeStatus(deps.context, claims, bound, {
      ...bound.status,
      phase: 'Bound',
      accessModes,
      capacity,
    });
    return undefined;
  },
});

function bind({ context }: ControllerDeps, claim: Claim): Promise<Claim> {
  const { metadata, spec } = claim;
  const annotations = {
    ...metadata.annotations,
    'pv.kubernetes.io/bind-completed': 'yes',
    'pv.kubernetes.io/bound-by-controller': 'yes',
    'volume.kubernetes.io/storage-provisioner': provisioner,
  };
  const storageClassName = spec.storageClassName ?? defaultClass;
  const volumeName = spec.volumeName ?? `pvc-${metadata.uid}`;
  if (spec.volumeName !== undefined && spec.storageClassName !== undefined) return Promise.resolve(claim);
  return changeObject(context, claims, claim, (object) => ({
    ...object,
    metadata: { ...object.metadata, annotations },
    spec: { ...object.spec, storageClassName, volumeName },
  }));
}
