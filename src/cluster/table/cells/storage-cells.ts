import { timeSince } from '../human-duration.ts';
import { at, type Cell, creationTimestamp, list, name, text } from './read.ts';

// Source of all: Kubernetes pkg/printers/internalversion/printers.go.

/** In the order in which they are shown. Source: pkg/apis/core/helper GetAccessModesAsString. */
const accessModes = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
] as const;

function shownModes(modes: readonly unknown[]): string {
  return accessModes.flatMap(([mode, short]) => (modes.includes(mode) ? [short] : [])).join(',');
}

function phaseOf(object: unknown): string {
  return text(object, 'metadata', 'deletionTimestamp') === ''
    ? text(object, 'status', 'phase')
    : 'Terminating';
}

export function persistentVolumeClaimCells(claim: unknown, now: number): readonly Cell[] {
  const volume = text(claim, 'spec', 'volumeName');
  const isBound = volume !== '';
  return [
    name(claim),
    phaseOf(claim),
    volume,
    isBound ? text(claim, 'status', 'capacity', 'storage') : '',
    isBound ? shownModes(list(claim, 'status', 'accessModes')) : '',
    text(claim, 'spec', 'storageClassName'),
    text(claim, 'spec', 'volumeAttributesClassName') || '<unset>',
    timeSince(creationTimestamp(claim), now),
    text(claim, 'spec', 'volumeMode') || '<unset>',
  ];
}

export function persistentVolumeCells(volume: unknown, now: number): readonly Cell[] {
  const claim = at(volume, 'spec', 'claimRef');
  return [
    name(volume),
    text(volume, 'spec', 'capacity', 'storage'),
    shownModes(list(volume, 'spec', 'accessModes')),
    text(volume, 'spec', 'persistentVolumeReclaimPolicy'),
    phaseOf(volume),
    claim === undefined ? '' : `${text(claim, 'namespace')}/${text(claim, 'name')}`,
    text(volume, 'spec', 'storageClassName'),
    text(volume, 'spec', 'volumeAttributesClassName') || '<unset>',
    text(volume, 'status', 'reason'),
    timeSince(creationTimestamp(volume), now),
    text(volume, 'spec', 'volumeMode') || '<unset>',
  ];
}

export function storageClassCells(storageClass: unknown, now: number): readonly Cell[] {
  return [
    withDefault(storageClass, 'storageclass.kubernetes.io/is-default-class'),
    text(storageClass, 'provisioner'),
    text(storageClass, 'reclaimPolicy') || 'Delete',
    text(storageClass, 'volumeBindingMode') || 'Immediate',
    at(storageClass, 'allowVolumeExpansion') === true,
    timeSince(creationTimestamp(storageClass), now),
  ];
}

export function volumeAttributesClassCells(attributes: unknown, now: number): readonly Cell[] {
  return [
    withDefault(attributes, 'volumeattributesclass.alpha.kubernetes.io/is-default-class'),
    text(attributes, 'driverName'),
    timeSince(creationTimestamp(attributes), now),
  ];
}

function withDefault(object: unknown, annotation: string): string {
  const isDefault = text(object, 'metadata', 'annotations', annotation) === 'true';
  return isDefault ? `${name(object)} (default)` : name(object);
}

export function csiDriverCells(driver: unknown, now: number): readonly Cell[] {
  const spec = at(driver, 'spec');
  const audiences = list(spec, 'tokenRequests').map((request) => text(request, 'audience'));
  return [
    name(driver),
    at(spec, 'attachRequired') !== false,
    at(spec, 'podInfoOnMount') === true,
    at(spec, 'storageCapacity') === true,
    at(spec, 'tokenRequests') === undefined ? '<unset>' : audiences.join(','),
    at(spec, 'requiresRepublish') === true,
    list(spec, 'volumeLifecycleModes').map(String).join(',') || '<none>',
    timeSince(creationTimestamp(driver), now),
  ];
}

export function csiNodeCells(node: unknown, now: number): readonly Cell[] {
  return [name(node), list(node, 'spec', 'drivers').length, timeSince(creationTimestamp(node), now)];
}

export function volumeAttachmentCells(attachment: unknown, now: number): readonly Cell[] {
  return [
    name(attachment),
    text(attachment, 'spec', 'attacher'),
    text(attachment, 'spec', 'source', 'persistentVolumeName'),
    text(attachment, 'spec', 'nodeName'),
    at(attachment, 'status', 'attached') === true,
    timeSince(creationTimestamp(attachment), now),
  ];
}

export function resourceClaimCells(claim: unknown, now: number): readonly Cell[] {
  const isDeleted = text(claim, 'metadata', 'deletionTimestamp') !== '';
  const isAllocated = at(claim, 'status', 'allocation') !== undefined;
  const states = [
    ...(isDeleted ? ['deleted'] : []),
    ...(isAllocated ? ['allocated'] : isDeleted ? [] : ['pending']),
    ...(isAllocated && list(claim, 'status', 'reservedFor').length > 0 ? ['reserved'] : []),
  ];
  return [name(claim), states.join(','), timeSince(creationTimestamp(claim), now)];
}

export function resourceSliceCells(slice: unknown, now: number): readonly Cell[] {
  return [
    name(slice),
    text(slice, 'spec', 'nodeName'),
    text(slice, 'spec', 'driver'),
    text(slice, 'spec', 'pool', 'name'),
    timeSince(creationTimestamp(slice), now),
  ];
}
