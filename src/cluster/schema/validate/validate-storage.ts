import { isDeepStrictEqual } from 'node:util';
import { dns1123SubdomainErrors, type FieldError, fieldError } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { asJsonArray, asJsonObject, asText } from '../json-object.ts';
import { compareQuantities } from '../quantity.ts';
import { selectorErrors } from './validate-selector.ts';

type Json = Record<string, unknown>;

/** Source: Kubernetes pkg/apis/core/validation ValidatePersistentVolumeClaim, ValidatePersistentVolumeClaimUpdate. */
export function validatePersistentVolumeClaim(claim: KubeObject, old: KubeObject | undefined): FieldError[] {
  const spec = asJsonObject(claim['spec']);
  const errors = [
    ...accessModeErrors(spec, 'at least 1 access mode is required'),
    ...selectorErrors(spec['selector'], 'spec.selector'),
    ...sizeErrors(sizeOf(spec), 'spec.resources[storage]'),
    ...classNameErrors(spec['storageClassName'], 'spec.storageClassName'),
  ];
  return old === undefined ? errors : [...errors, ...claimChangeErrors(claim, old)];
}

function sizeOf(spec: Json): unknown {
  return asJsonObject(asJsonObject(spec['resources'])['requests'])['storage'];
}

function sizeErrors(size: unknown, path: string): FieldError[] {
  if (size === undefined) return [fieldError.required(path)];
  if (compareQuantities(String(size), '0') > 0) return [];
  return [fieldError.invalid(path, size, 'must be greater than zero')];
}

function classNameErrors(value: unknown, path: string): FieldError[] {
  const name = asText(value);
  const details = name === undefined ? [] : dns1123SubdomainErrors(name);
  return details.map((detail) => fieldError.invalid(path, name, detail));
}

/** A claim may be bound, get the default class when it has none, and grow when it is bound; nothing else of it changes. */
function claimChangeErrors(claim: KubeObject, old: KubeObject): FieldError[] {
  const [spec, oldSpec] = [asJsonObject(claim['spec']), asJsonObject(old['spec'])];
  const isBound = asJsonObject(claim['status'])['phase'] === 'Bound';
  const fixed = (of: Json) => fixedClaim(of, oldSpec, isBound);
  const errors: FieldError[] = [];
  if (!isDeepStrictEqual(fixed(spec), fixed(oldSpec))) {
    const detail =
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
    errors.push(fieldError.forbidden('spec', detail));
  }
  const [size, oldSize] = [String(sizeOf(spec)), String(sizeOf(oldSpec))];
  const capacity = asJsonObject(asJsonObject(old['status'])['capacity'])['storage'] ?? '0';
  // A growth that cannot succeed may be taken back, as long as there is more than there was.
  if (compareQuantities(size, oldSize) < 0 && compareQuantities(size, String(capacity)) <= 0) {
    const detail = 'field can not be less than status.capacity';
    errors.push(fieldError.forbidden('spec.resources.requests.storage', detail));
  }
  return errors;
}

function fixedClaim(spec: Json, oldSpec: Json, isBound: boolean): Json {
  const { resources, volumeName, volumeAttributesClassName, storageClassName, ...rest } = spec;
  return {
    ...rest,
    ...(isBound ? {} : { resources, volumeAttributesClassName }),
    ...(asText(oldSpec['volumeName']) === undefined ? {} : { volumeName }),
    ...(oldSpec['storageClassName'] === undefined ? {} : { storageClassName }),
  };
}

function accessModeErrors(spec: Json, detail: string): FieldError[] {
  const modes = asJsonArray(spec['accessModes']);
  if (modes.length === 0) return [fieldError.required('spec.accessModes', detail)];
  if (!modes.includes('ReadWriteOncePod') || modes.every((mode) => mode === 'ReadWriteOncePod')) return [];
  const alone = 'may not use ReadWriteOncePod with other access modes';
  return [fieldError.forbidden('spec.accessModes', alone)];
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
  const errors = accessModeErrors(spec, '');
  const capacity = asJsonObject(spec['capacity']);
  if (Object.keys(capacity).length === 0) errors.push(fieldError.required('spec.capacity'));
  if (capacity['storage'] === undefined || Object.keys(capacity).length > 1) {
    errors.push(fieldError.notSupported('spec.capacity', spec['capacity'] ?? null, ['storage']));
  } else errors.push(...sizeErrors(capacity['storage'], 'spec.capacity[storage]'));
  errors.push(...classNameErrors(spec['storageClassName'], 'spec.storageClassName'));
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
