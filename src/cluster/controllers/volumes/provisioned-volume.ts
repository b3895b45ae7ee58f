import type { KubeObject } from '../../resources/index.ts';
import type { Claim, StorageClass, Volume } from '../shapes.ts';
import { referenceTo } from './match-volume.ts';

/** The provisioner of the class that a new cluster has as its default. */
export const provisioner = 'sallyport.dev/simulated';

/** The driver of its volumes, whose name is a domain. */
const driver = 'simulated.sallyport.dev';

const provisionedBy = 'pv.kubernetes.io/provisioned-by';

export function isProvisioned({ metadata }: Volume): boolean {
  return metadata.annotations?.[provisionedBy] === provisioner;
}

/** A volume made for one claim, of exactly its size. */
export function provisionedVolume(claim: Claim, storageClass: StorageClass): KubeObject {
  const { accessModes = [], resources, volumeMode } = claim.spec;
  const name = `pvc-${claim.metadata.uid}`;
  return {
    metadata: { name, annotations: { [provisionedBy]: provisioner } },
    spec: {
      accessModes: [...accessModes],
      capacity: { storage: resources?.requests?.['storage'] ?? '0' },
      claimRef: referenceTo(claim),
      csi: { driver, volumeHandle: name },
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: storageClass.metadata.name,
      ...(storageClass.mountOptions !== undefined && { mountOptions: [...storageClass.mountOptions] }),
      ...(volumeMode !== undefined && { volumeMode }),
    },
  };
}
