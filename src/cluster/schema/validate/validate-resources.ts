import { type FieldError, fieldError } from '../../../kube/index.ts';
import { asJsonObject } from '../json-object.ts';
import { compareQuantities } from '../quantity.ts';
import { resourceNameErrors } from './resource-names.ts';

type Json = Record<string, unknown>;

/**
 * A container's requests and limits: what they are of, not negative, and no request above its limit.
 * Source: Kubernetes pkg/apis/core/validation ValidateContainerResourceRequirements.
 */
export function validateContainerResources(value: unknown, path: string): FieldError[] {
  const resources = asJsonObject(value);
  const limits = asJsonObject(resources['limits']);
  const requests = asJsonObject(resources['requests']);
  const ofSide = (side: Json, at: string) =>
    Object.entries(side).flatMap(([name, quantity]) => [
      ...containerResourceNameErrors(name, `${at}[${name}]`),
      ...quantityErrors(name, quantity, `${at}[${name}]`),
    ]);
  return [
    ...ofSide(limits, `${path}.limits`),
    ...ofSide(requests, `${path}.requests`),
    ...Object.entries(requests).flatMap(([name, quantity]) =>
      limitErrors(name, quantity, limits[name], path),
    ),
    ...hugePagesErrors({ ...limits, ...requests }, path),
  ];
}

/** Source: validateContainerResourceName. */
export function containerResourceNameErrors(name: string, path: string): FieldError[] {
  const errors = resourceNameErrors(name, path);
  if (isNative(name)) {
    if (name.includes('/') || /^(?:cpu|memory|ephemeral-storage|hugepages-.*)$/s.test(name)) return errors;
    return [...errors, fieldError.invalid(path, name, 'must be a standard resource for containers')];
  }
  if (!name.startsWith('requests.')) return errors;
  return [...errors, fieldError.invalid(path, name, "doesn't follow extended resource name standard")];
}

/** Not a device that some vendor's plugin counts. */
function isNative(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/');
}

/** Whether less may be asked for than may be used. Source: pkg/apis/core/helper IsOvercommitAllowed. */
export function isOvercommitted(name: string): boolean {
  return isNative(name) && !name.startsWith('hugepages-');
}

function quantityErrors(name: string, quantity: unknown, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (String(quantity).startsWith('-'))
    errors.push(fieldError.invalid(path, quantity, 'must be greater than or equal to 0'));
  // A fraction is what the canonical form writes in thousandths or less.
  if (!isNative(name) && /[mun]$/.test(String(quantity)))
    errors.push(fieldError.invalid(path, quantity, 'must be an integer'));
  return errors;
}

function limitErrors(name: string, request: unknown, limit: unknown, path: string): FieldError[] {
  const mayBeLess = isOvercommitted(name);
  if (limit === undefined) {
    if (mayBeLess) return [];
    const detail = 'Limit must be set for non overcommitable resources';
    return [fieldError.required(`${path}.limits`, detail)];
  }
  const order = compareQuantities(String(request), String(limit));
  if (order === 0 || (order < 0 && mayBeLess)) return [];
  const relation = mayBeLess ? 'less than or equal' : 'equal';
  const detail = `must be ${relation} to ${name} limit of ${String(limit)}`;
  return [fieldError.invalid(`${path}.requests`, request, detail)];
}

function hugePagesErrors(named: Json, path: string): FieldError[] {
  const names = Object.keys(named);
  const isAlone = !names.includes('cpu') && !names.includes('memory');
  if (!isAlone || !names.some((name) => name.startsWith('hugepages-'))) return [];
  return [fieldError.forbidden(path, 'HugePages require cpu or memory')];
}
