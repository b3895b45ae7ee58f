import { type FieldError, fieldError } from '../../../kube/index.ts';

/** A port number. Source: apimachinery/pkg/util/validation IsValidPortNum. */
export function portErrors(value: unknown, path: string): FieldError[] {
  const isPort = typeof value === 'number' && value >= 1 && value <= 65535;
  return isPort ? [] : [fieldError.invalid(path, value, 'must be between 1 and 65535, inclusive')];
}

/** An IANA service name. Source: apimachinery/pkg/util/validation IsValidPortName. */
export function portNameErrors(name: string, path: string): FieldError[] {
  const details: string[] = [];
  if (name.length > 15) details.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]+$/.test(name))
    details.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(name)) details.push('must contain at least one letter (a-z)');
  if (name.includes('--')) details.push('must not contain consecutive hyphens');
  if (/^-|-$/.test(name)) details.push('must not begin or end with a hyphen');
  return details.map((detail) => fieldError.invalid(path, name, detail));
}

/** A port by number or by name. */
export function portOrNameErrors(value: unknown, path: string): FieldError[] {
  return typeof value === 'string' ? portNameErrors(value, path) : portErrors(value, path);
}

/** A number that may be absent or zero, and not less. */
export function nonNegativeErrors(
  object: Record<string, unknown>,
  field: string,
  path: string,
): FieldError[] {
  const value = object[field];
  if (typeof value !== 'number' || value >= 0) return [];
  return [fieldError.invalid(`${path}.${field}`, value, 'must be greater than or equal to 0')];
}

/** A number that may be absent but not zero or less. */
export function positiveErrors(object: Record<string, unknown>, field: string, path: string): FieldError[] {
  const value = object[field];
  if (typeof value !== 'number' || value > 0) return [];
  return [fieldError.invalid(`${path}.${field}`, value, 'must be greater than 0')];
}
