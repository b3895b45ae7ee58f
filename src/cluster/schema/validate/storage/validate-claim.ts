import { isDeepStrictEqual } from 'node:util';
import { dns1123SubdomainErrors, type FieldError, fieldError } from '../../../../kube/index.ts';
import type { KubeObject } from '../../../resources/index.ts';
import { goDiff } from '../../go-diff.ts';
import { goInternal } from '../../go-internal.ts';
import { asJsonObject, asText } from '../../json-object.ts';
import { compareQuantities } from '../../quantity.ts';
import { all, formed, member, type Rule, required } from '../rules.ts';
import { selectorErrors } from '../validate-selector.ts';
import { accessModes, amountErrors, sizeErrors, volumeMode } from './volume-spec.ts';

type Json = Record<string, unknown>;

const size: Rule = (spec, path) => {
  const place = `${path}.resources[storage]`;
  const storage = sizeOf(spec);
  if (storage === undefined) return [fieldError.required(place)];
  return [...amountErrors({ storage }, `${path}.resources`), ...sizeErrors(storage, place)];
};

/** What a volume is filled from: another claim, or something of another group. Source: validateDataSource. */
const dataSource: Rule = all(
  required('name'),
  required('kind'),
  ({ apiGroup, kind = '' }, path) => {
    if ((apiGroup ?? '') !== '' || kind === 'PersistentVolumeClaim') return [];
    const detail = "must be 'PersistentVolumeClaim' when referencing the default apiGroup";
    return [fieldError.invalid(path, kind, detail)];
  },
  formed('apiGroup', dns1123SubdomainErrors),
);

/** Both fields say the same; they are filled from each other before. */
const oneSource: Rule = ({ dataSource: one, dataSourceRef: other }, path) =>
  one === undefined || other === undefined || isDeepStrictEqual(one, other)
    ? []
    : [fieldError.invalid(path, {}, 'must match dataSourceRef')];

/** Source: Kubernetes pkg/apis/core/validation ValidatePersistentVolumeClaimSpec. */
export const claimSpec: Rule = all(
  accessModes('at least 1 access mode is required'),
  (spec, path) => selectorErrors(spec['selector'], `${path}.selector`),
  size,
  formed('storageClassName', dns1123SubdomainErrors),
  volumeMode,
  member('dataSource', dataSource),
  member('dataSourceRef', dataSource),
  oneSource,
  formed('volumeAttributesClassName', dns1123SubdomainErrors),
);

/** Source: ValidatePersistentVolumeClaim, ValidatePersistentVolumeClaimUpdate. */
export function validatePersistentVolumeClaim(claim: KubeObject, old: KubeObject | undefined): FieldError[] {
  const errors = claimSpec(asJsonObject(claim['spec']), 'spec');
  return old === undefined ? errors : [...errors, ...changeErrors(claim, old)];
}

function sizeOf(spec: Json): unknown {
  return asJsonObject(asJsonObject(spec['resources'])['requests'])['storage'];
}

/** A claim may be bound, get the default class when it has none, and grow when it is bound; nothing else of it changes. */
function changeErrors(claim: KubeObject, old: KubeObject): FieldError[] {
  const [spec, oldSpec] = [asJsonObject(claim['spec']), asJsonObject(old['spec'])];
  const isBound = asJsonObject(claim['status'])['phase'] === 'Bound';
  const errors: FieldError[] = [];
  const [fixed, oldFixed] = [withChangeable(spec, oldSpec, isBound), oldSpec];
  if (!isDeepStrictEqual(fixed, oldFixed)) {
    const schema = 'io.k8s.api.core.v1.PersistentVolumeClaimSpec';
    const detail =
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n' +
      goDiff(goInternal(schema, oldFixed), goInternal(schema, fixed));
    errors.push(fieldError.forbidden('spec', detail));
  }
  const [wanted, before] = [sizeOf(spec), sizeOf(oldSpec)];
  const capacity = asJsonObject(asJsonObject(old['status'])['capacity'])['storage'];
  // A growth that cannot succeed may be taken back, as long as there is more than there was.
  if (isLess(wanted, before) && capacity !== undefined && !isLess(capacity, wanted)) {
    const detail = 'field can not be less than status.capacity';
    errors.push(fieldError.forbidden('spec.resources.requests.storage', detail));
  }
  const { volumeMode: mode } = spec;
  return mode === oldSpec['volumeMode']
    ? errors
    : [...errors, fieldError.invalid('volumeMode', mode ?? null, 'field is immutable')];
}

function isLess(a: unknown, b: unknown): boolean {
  return a !== undefined && b !== undefined && compareQuantities(String(a), String(b)) < 0;
}

/** The wanted spec with what may change as it was. */
function withChangeable(spec: Json, oldSpec: Json, isBound: boolean): Json {
  const kept: Json = { ...spec };
  const keep = (field: string) => {
    if (oldSpec[field] === undefined) delete kept[field];
    else kept[field] = oldSpec[field];
  };
  if (asText(oldSpec['volumeName']) === undefined) keep('volumeName');
  if (oldSpec['storageClassName'] === undefined) keep('storageClassName');
  const requests = asJsonObject(asJsonObject(spec['resources'])['requests']);
  if (!isBound) return kept;
  keep('volumeAttributesClassName');
  if (sizeOf(spec) !== undefined)
    kept['resources'] = {
      ...asJsonObject(spec['resources']),
      requests: { ...requests, storage: sizeOf(oldSpec) },
    };
  return kept;
}
