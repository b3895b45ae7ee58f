import { type FieldValidation, fieldError, fieldValidationOf, writeOptionsErrors } from '../../kube/index.ts';
import { invalidOptions } from '../failures.ts';
import type { RequestQuery } from './request-query.ts';

export interface WriteOptions {
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
  /** The same as it was sent; '' when it was not. */
  readonly asked: string;
  /** Who writes, by its own name; '' when it does not say. */
  readonly fieldManager: string;
  /** Whether an apply takes over what others own. */
  readonly force: boolean;
}

/**
 * Options of create, update and patch. Throws StatusError 422.
 * Source: Kubernetes apimachinery/pkg/apis/meta/v1/validation.
 * @param isApply a patch that is a configuration: it must name its manager and may be forced
 */
export function parseWriteOptions(
  kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
  query: RequestQuery,
  isApply = false,
): WriteOptions {
  const dryRun = query.all('dryRun');
  const fieldValidation = query.text('fieldValidation');
  const fieldManager = query.text('fieldManager');
  const force = query.bool('force');
  const errors = writeOptionsErrors({ dryRun, fieldManager, fieldValidation });
  if (isApply && fieldManager === '') {
    errors.unshift(fieldError.required('fieldManager', 'is required for apply patch'));
  }
  if (kind === 'PatchOptions' && !isApply && force !== undefined) {
    errors.unshift(fieldError.forbidden('force', 'may not be specified for non-apply patch'));
  }
  if (errors.length > 0) throw invalidOptions(kind, errors);
  return {
    dryRun: dryRun.length > 0,
    fieldValidation: fieldValidationOf(fieldValidation),
    asked: fieldValidation,
    fieldManager,
    force: force === true,
  };
}
