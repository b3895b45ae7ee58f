import { isDeepStrictEqual } from 'node:util';
import { type FieldError, fieldError } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { asJsonObject, isJsonObject } from '../json-object.ts';

/** Source: kube-aggregator/pkg/apis/apiregistration/validation ValidateAPIService. */
export function validateApiService(service: KubeObject): FieldError[] {
  const spec = asJsonObject(service['spec']);
  const { group = '', version = '' } = spec as { group?: string; version?: string };
  const wanted = `${version}.${group}`;
  const errors: FieldError[] = [];
  if (service.metadata.name !== wanted) {
    const detail = `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(wanted)}`;
    errors.push(fieldError.invalid('metadata.name', service.metadata.name, detail));
  }
  for (const field of ['groupPriorityMinimum', 'versionPriority']) {
    const value = spec[field] ?? 0;
    const bound = field === 'versionPriority' ? 1000 : 20_000;
    if (typeof value === 'number' && value > 0 && value <= bound) continue;
    errors.push(fieldError.invalid(`spec.${field}`, value, `must be positive and less than ${bound}`));
  }
  return errors;
}

/** Source: pkg/apis/apps/validation ValidateControllerRevision and its update. */
export function validateControllerRevision(revision: KubeObject, old: KubeObject | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const { data } = revision;
  if (data === undefined || data === null) errors.push(fieldError.required('data', 'data is mandatory'));
  else if (!isJsonObject(data)) errors.push(fieldError.required('data', 'data must be a valid JSON object'));
  if (Number(revision['revision'] ?? 0) < 0) {
    errors.push(fieldError.invalid('revision', revision['revision'], 'must be greater than or equal to 0'));
  }
  if (old === undefined || isDeepStrictEqual(revision['data'], old['data'])) return errors;
  return [...errors, fieldError.invalid('data', revision['data'], 'field is immutable')];
}
