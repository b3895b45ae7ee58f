import { type FieldError, fieldError } from './field-error.ts';

/** What becomes of fields that a kind does not have, or that stand twice. */
export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

/** Query parameters of a write, as sent; '' and the empty list when absent. */
export interface SentWriteOptions {
  readonly dryRun: readonly string[];
  readonly fieldManager: string;
  readonly fieldValidation: string;
}

/** What is wrong with a write's options. Source: Kubernetes apimachinery pkg/apis/meta/v1/validation. */
export function writeOptionsErrors({
  dryRun,
  fieldManager,
  fieldValidation,
}: SentWriteOptions): FieldError[] {
  return [
    ...dryRunErrors(dryRun),
    ...fieldManagerErrors(fieldManager),
    ...fieldValidationErrors(fieldValidation),
  ];
}

/** @param values those of `dryRun` */
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

/** What a valid option means; it may be absent. */
export function fieldValidationOf(value: string): FieldValidation {
  return value === 'Ignore' || value === 'Strict' ? value : 'Warn';
}
