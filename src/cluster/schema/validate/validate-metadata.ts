import {
  dns1035LabelErrors,
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  type FieldError,
  fieldError,
  labelKeyErrors,
  labelValueErrors,
  pathSegmentNameErrors,
} from '../../../kube/index.ts';
import type { KubeObject, ObjectMeta, ResourceType } from '../../resources/index.ts';
import { strictAddressErrors } from '../addresses.ts';
import { asJsonArray, asJsonObject, asText } from '../json-object.ts';
import { validateOwners } from './validate-owners.ts';

const maxAnnotationBytes = 256 * 1024;

/** The rules of metadata that all kinds share. Source: apimachinery/pkg/api/validation/objectmeta.go. */
export function validateMetadata(
  type: ResourceType,
  object: KubeObject,
  oldObject?: KubeObject,
): FieldError[] {
  const { metadata } = object;
  return [
    ...(oldObject === undefined ? nameErrors(type, metadata) : changeErrors(metadata, oldObject.metadata)),
    ...labelErrors(metadata.labels, 'metadata.labels'),
    ...annotationErrors(metadata.annotations, 'metadata.annotations'),
    ...validateOwners(metadata.ownerReferences),
    ...asJsonArray(metadata.finalizers).flatMap((finalizer) =>
      labelKeyErrors(String(finalizer)).map((detail) =>
        fieldError.invalid('metadata.finalizers', finalizer, detail),
      ),
    ),
    ...(isOfCore(type) ? asJsonArray(metadata.finalizers).flatMap(unqualifiedFinalizer) : []),
    ...contradictoryFinalizers(metadata.finalizers),
  ];
}

/** Definitions and custom resources are not Kubernetes' own: what holds them may have any name. */
function isOfCore({ group, own }: ResourceType): boolean {
  return group !== 'apiextensions.k8s.io' && own === undefined;
}

const STANDARD_FINALIZERS: ReadonlySet<unknown> = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

/** Source: Kubernetes pkg/apis/core/validation/validation.go validateKubeFinalizerName. */
function unqualifiedFinalizer(finalizer: unknown, index: number): FieldError[] {
  if (STANDARD_FINALIZERS.has(finalizer) || String(finalizer).includes('/')) return [];
  const detail = 'name is neither a standard finalizer name nor is it fully qualified';
  return [fieldError.invalid(`metadata.finalizers[${index}]`, finalizer, detail)];
}

/** Dependents are left alone, or waited for. */
function contradictoryFinalizers(finalizers: unknown): FieldError[] {
  const all = asJsonArray(finalizers);
  if (!all.includes('orphan') || !all.includes('foregroundDeletion')) return [];
  const detail = 'finalizer orphan and foregroundDeletion cannot be both set';
  return [fieldError.invalid('metadata.finalizers', all, detail)];
}

function nameErrors(type: ResourceType, metadata: ObjectMeta): FieldError[] {
  const name = asText(metadata.name);
  const generateName = asText(metadata.generateName);
  if (name === undefined && generateName === undefined) {
    return [fieldError.required('metadata.name', 'name or generateName is required')];
  }
  return [
    // The prefix may end in a dash, since characters follow.
    ...nameFieldErrors('metadata.generateName', generateName, generateName?.replace(/-$/, 'a')),
    ...nameFieldErrors('metadata.name', name, name),
  ];

  function nameFieldErrors(field: string, value: string | undefined, judged = ''): FieldError[] {
    if (value === undefined) return [];
    return namesErrors(type, judged).map((detail) => fieldError.invalid(field, value, detail));
  }
}

/** Why a name does not fit the kind; empty when it does. */
function namesErrors(type: ResourceType, name: string): string[] {
  // etcd would take it; a key of the store is text.
  if (name.includes('\0')) return ['may not contain NUL'];
  if (type.group === 'networking.k8s.io' && type.kind === 'IPAddress')
    return strictAddressErrors(name, '').map(({ detail }) => detail);
  if (type.group === 'rbac.authorization.k8s.io' || type.group === 'apiregistration.k8s.io')
    return pathSegmentNameErrors(name);
  if (type.group === '' && type.kind === 'Namespace') return dns1123LabelErrors(name);
  if (type.group === '' && type.kind === 'Service') return dns1035LabelErrors(name);
  // A job's name is the cron job's and eleven characters of time.
  if (type.group === 'batch' && type.kind === 'CronJob' && name.length > 52)
    return ['must be no more than 52 characters'];
  return dns1123SubdomainErrors(name);
}

function changeErrors(metadata: ObjectMeta, oldMetadata: ObjectMeta): FieldError[] {
  const changed = (['name', 'namespace', 'uid'] as const).filter(
    (field) => metadata[field] !== oldMetadata[field],
  );
  const errors = changed.map((field) =>
    fieldError.invalid(`metadata.${field}`, metadata[field], 'field is immutable'),
  );
  if (oldMetadata.deletionTimestamp === undefined) return errors;
  const known = new Set(asJsonArray(oldMetadata.finalizers));
  const added = asJsonArray(metadata.finalizers).filter((finalizer) => !known.has(finalizer));
  if (added.length === 0) return errors;
  const found = `[]string{${added.map((finalizer) => JSON.stringify(finalizer)).join(', ')}}`;
  const detail = `no new finalizers can be added if the object is being deleted, found new finalizers ${found}`;
  return [...errors, fieldError.forbidden('metadata.finalizers', detail)];
}

/** Labels at any path: an object's, a template's, a selector's. */
export function labelErrors(labels: unknown, path: string): FieldError[] {
  return Object.entries(asJsonObject(labels)).flatMap(([key, value]) => [
    ...labelKeyErrors(key).map((detail) => fieldError.invalid(path, key, detail)),
    ...labelValueErrors(String(value)).map((detail) => fieldError.invalid(path, value, detail)),
  ]);
}

export function annotationErrors(annotations: unknown, path: string): FieldError[] {
  const entries = Object.entries(asJsonObject(annotations));
  const errors = entries.flatMap(([key]) =>
    labelKeyErrors(key.toLowerCase()).map((detail) => fieldError.invalid(path, key, detail)),
  );
  const bytes = entries.reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(String(value)),
    0,
  );
  return bytes > maxAnnotationBytes ? [...errors, fieldError.tooLong(path, maxAnnotationBytes)] : errors;
}
