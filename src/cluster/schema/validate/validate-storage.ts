import { isDeepStrictEqual } from 'node:util';
import { type FieldError, fieldError } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { asJsonArray, asJsonObject } from '../json-object.ts';

type Json = Record<string, unknown>;

/** Source: Kubernetes pkg/apis/core/validation ValidatePersistentVolumeClaim, ValidatePersistentVolumeClaimUpdate. */
export function validatePersistentVolumeClaim(spec: Json, oldSpec: Json | undefined): FieldError[] {
  const errors = accessModeErrors(spec);
  const requests = asJsonObject(asJsonObject(spec['resources'])['requests']);
  if (requests['storage'] === undefined) errors.push(fieldError.required('spec.resources[storage]'));
  if (oldSpec === undefined || isDeepStrictEqual(fixedClaim(spec, oldSpec), fixedClaim(oldSpec, oldSpec)))
    return errors;
  const detail =
    'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
  return [...errors, fieldError.forbidden('spec', detail)];
}

/** A claim may be bound, get the default class when it has none, and grow; nothing else of it changes. */
function fixedClaim(spec: Json, oldSpec: Json): Json {
  const { resources: _resources, volumeName: _volume, volumeAttributesClassName: _class, ...rest } = spec;
  const { storageClassName: _default, ...classless } = rest;
  return oldSpec['storageClassName'] === undefined ? classless : rest;
}

function accessModeErrors(spec: Json): FieldError[] {
  if (asJsonArray(spec['accessModes']).length > 0) return [];
  return [fieldError.required('spec.accessModes', 'at least 1 access mode is required')];
}

/** All of a volume's spec that is not what it is made of. */
const plainVolumeFields = new Set([
  'accessModes',
  'capacity',
  'claimRef',
  'mountOptions',
  'nodeAffinity',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'volumeAttributesClassName',
  'volumeMode',
]);

/** Source: pkg/apis/core/validation ValidatePersistentVolume, ValidatePersistentVolumeUpdate. */
export function validatePersistentVolume(spec: Json, oldSpec: Json | undefined): FieldError[] {
  const errors = accessModeErrors(spec);
  const capacity = asJsonObject(spec['capacity']);
  if (Object.keys(capacity).length === 0) errors.push(fieldError.required('spec.capacity'));
  else if (capacity['storage'] === undefined || Object.keys(capacity).length > 1) {
    errors.push(fieldError.notSupported('spec.capacity', capacity, ['storage']));
  }
  const sources = sourcesOf(spec);
  if (sources.length === 0) errors.push(fieldError.required('spec', 'must specify a volume type'));
  for (const extra of sources.slice(1)) {
    errors.push(fieldError.forbidden(`spec.${extra}`, 'may not specify more than 1 volume type'));
  }
  const isChanged = oldSpec !== undefined && !isDeepStrictEqual(volumeSource(spec), volumeSource(oldSpec));
  return isChanged
    ? [
        ...errors,
        fieldError.forbidden(
          'spec.persistentvolumesource',
          'spec.persistentvolumesource is immutable after creation',
        ),
      ]
    : errors;
}

function sourcesOf(spec: Json): readonly string[] {
  return Object.keys(spec).filter((field) => !plainVolumeFields.has(field));
}

function volumeSource(spec: Json): Json {
  return Object.fromEntries(sourcesOf(spec).map((field) => [field, spec[field]]));
}

/** Source: pkg/apis/storage/validation ValidateStorageClass, ValidateStorageClassUpdate. */
export function validateStorageClass(storageClass: KubeObject, old: KubeObject | undefined): FieldError[] {
  if (old === undefined) {
    const isMissing = (storageClass['provisioner'] ?? '') === '';
    return isMissing ? [fieldError.required('provisioner')] : [];
  }
  const changed = (field: string) => !isDeepStrictEqual(storageClass[field], old[field]);
  const errors = ['parameters', 'provisioner', 'reclaimPolicy']
    .filter(changed)
    .map((field) => fieldError.forbidden(field, `updates to ${field} are forbidden.`));
  if (!changed('volumeBindingMode')) return errors;
  return [
    ...errors,
    fieldError.invalid('volumeBindingMode', storageClass['volumeBindingMode'], 'field is immutable'),
  ];
}
