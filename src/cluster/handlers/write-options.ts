import { type FieldValidation, fieldError, fieldValidationOf, writeOptionsErrors } from '../../kube/index.ts';
import { invalidOptions } from '../failures.ts';
import type { RequestQuery } from './request-query.ts';

export interface WriteOptions {
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
}

/**
 * Options of create, update and patch. fieldManager is checked and then forgotten: managedFields are not kept.
 * Throws StatusError 422. Source: Kubernetes apimachinery/pkg/apis/meta/v1/validation.
 */
export function parseWriteOptions(
  kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
  query: RequestQuery,
): WriteOptions {
  const dryRun = query.all('dryRun').filter((value) => value !== '');
  const fieldValidation = query.text('fieldValidation');
  const errors = writeOptionsErrors({ dryRun, fieldManager: query.text('fieldManager'), fieldValidation });
  if (kind === 'PatchOptions' && query.bool('force') !== undefined) {
    errors.unshift(fieldError.forbidden('force', 'may not be specified for non-apply patch'));
  }
  if (errors.length > 0) throw invalidOptions(kind, errors);
  return { dryRun: dryRun.length > 0, fieldValidation: fieldValidationOf(fieldValidation) };
}
