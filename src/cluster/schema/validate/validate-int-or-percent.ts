import { type FieldError, fieldError } from '../../../kube/index.ts';

const percentRule =
  "a valid percent string must be a numeric string followed by an ending '%' " +
  "(e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

/**
 * A count or a share of at most `most` percent; an absent one is no mistake.
 * Source: Kubernetes pkg/apis/apps/validation ValidatePositiveIntOrPercent, IsNotMoreThan100Percent.
 */
export function intOrPercentErrors(value: unknown, path: string, most: number = Infinity): FieldError[] {
  if (typeof value === 'number')
    return value < 0 ? [fieldError.invalid(path, value, 'must be greater than or equal to 0')] : [];
  if (typeof value !== 'string') return [];
  if (!isValidPercent(value)) return [fieldError.invalid(path, value, percentRule)];
  if (parseInt(value, 10) <= most) return [];
  return [fieldError.invalid(path, value, 'must not be greater than 100%')];
}

/** Whether it stands for none; an absent one does, and so does what is no share. */
export function isNone(value: unknown): boolean {
  if (typeof value === 'number') return value === 0;
  return !isValidPercent(value) || parseInt(value, 10) === 0;
}

export function isValidPercent(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9]+%$/.test(value);
}
