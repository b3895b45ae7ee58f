import { type FieldError, fieldError } from '../../kube/index.ts';
import { invalidOptions } from '../failures.ts';
import type { RequestQuery } from './request-query.ts';

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

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
  const errors = [
    ...dryRunErrors(dryRun),
    ...fieldManagerErrors(query.text('fieldManager')),
    ...fieldValidationErrors(fieldValidation),
  ];
  if (kind === 'PatchOptions' && query.bool('force') !== undefined) {
    errors.unshift(fieldError.forbidden('force', 'may not be specified for non-apply patch'));
  }
  if (errors.length > 0) throw invalidOptions(kind, errors);
  return { dryRun: dryRun.length > 0, fieldValidation: asFieldValidation(fieldValidation) };
}

export function dryRunErrors(values: readonly string[]): FieldError[] {
  if (values.every((value) => value === 'All')) return [];
  return [fieldError.notSupported('dryRun', values, ['All'])];
}

const maxFieldManagerLength = 128;

function fieldManagerErrors(manager: string): FieldError[] {
  const errors: FieldError[] = [];
  if (manager.length > maxFieldManagerLength) {
    errors.push(fieldError.tooLong('fieldManager', maxFieldManagerLength));
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  for (const { 0: character, index } of manager.matchAll(/[\u0000-\u001f\u007f]/g)) {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    const at = Buffer.byteLength(manager.slice(0, index));
    errors.push(
      fieldError.invalid('fieldManager', manager, `invalid character U+${code} (at position ${at})`),
    );
  }
  return errors;
}

function fieldValidationErrors(value: string): FieldError[] {
  if (['', 'Ignore', 'Strict', 'Warn'].includes(value)) return [];
  return [fieldError.notSupported('fieldValidation', value, ['', 'Ignore', 'Strict', 'Warn'])];
}

function asFieldValidation(value: string): FieldValidation {
  return value === 'Ignore' || value === 'Strict' ? value : 'Warn';
}
