import { isDeepStrictEqual } from 'node:util';
import { type FieldError, fieldError } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { isJsonObject } from '../json-object.ts';

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
