import { labelSelectorMatcher } from '../../../kube/index.ts';
import { compareQuantities } from '../../schema/index.ts';
import type { Claim, Volume } from '../shapes.ts';

/** How a volume names the claim that has it. */
export function referenceTo({ metadata }: Claim): Record<string, unknown> {
  const { name, namespace, uid, resourceVersion } = metadata;
  return { kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace, name, uid, resourceVersion };
}

/** Whether it is this very claim's, or kept for one of its name. */
export function isClaimedBy({ spec }: Volume, { metadata }: Claim): boolean {
  const { claimRef } = spec;
  if (claimRef?.namespace !== metadata.namespace || claimRef?.name !== metadata.name) return false;
  return claimRef?.uid === metadata.uid;
}

/**
 * The volume for a claim: the one that it names or that is kept for it, or else the smallest free one that has what it asks for.
 * Source: Kubernetes pkg/volume/persistentvolume FindMatchingVolume.
 */
export function findVolume(volumes: readonly Volume[], claim: Claim): Volume | undefined {
  const { volumeName, selector } = claim.spec;
  if (volumeName !== undefined) {
    const named = volumes.find(({ metadata }) => metadata.name === volumeName);
    return named !== undefined && isFreeFor(named, claim) && fits(named, claim) ? named : undefined;
  }
  const suitable = volumes.filter((volume) => isFreeFor(volume, claim) && fits(volume, claim));
  const kept = suitable.find((volume) => volume.spec.claimRef !== undefined);
  if (kept !== undefined) return kept;
  const matches = labelSelectorMatcher(selector ?? {});
  const smallestFirst = suitable
    .filter(({ metadata }) => matches(metadata.labels ?? undefined))
    .toSorted((a, b) => compareQuantities(sizeOf(a), sizeOf(b)));
  return smallestFirst[0];
}

function isFreeFor(volume: Volume, { metadata }: Claim): boolean {
  const { claimRef } = volume.spec;
  if (volume.metadata.deletionTimestamp !== undefined) return false;
  if (claimRef === undefined) return true;
  const isSameName = claimRef.namespace === metadata.namespace && claimRef.name === metadata.name;
  return isSameName && (claimRef.uid === undefined || claimRef.uid === metadata.uid);
}

function fits(volume: Volume, { spec }: Claim): boolean {
  const offered = new Set(volume.spec.accessModes ?? []);
  return (
    (volume.spec.storageClassName ?? '') === (spec.storageClassName ?? '') &&
    (volume.spec.volumeMode ?? 'Filesystem') === (spec.volumeMode ?? 'Filesystem') &&
    (spec.accessModes ?? []).every((mode) => offered.has(mode)) &&
    compareQuantities(sizeOf(volume), spec.resources?.requests?.['storage'] ?? '0') >= 0
  );
}

function sizeOf({ spec }: Volume): string {
  return spec.capacity?.['storage'] ?? '0';
}
