import { type FieldError, fieldError } from '../../../kube/index.ts';
import { asJsonObject } from '../json-object.ts';
import { compareQuantities } from '../quantity.ts';

/** A container's requests and limits: not negative, and no request above its limit. */
export function validateResources(value: unknown, path: string): FieldError[] {
  const resources = asJsonObject(value);
  const limits = asJsonObject(resources['limits']);
  const requests = asJsonObject(resources['requests']);
  return [
    ...Object.entries(limits).flatMap(([name, quantity]) =>
      negativeErrors(quantity, `${path}.limits[${name}]`),
    ),
    ...Object.entries(requests).flatMap(([name, quantity]) => [
      ...negativeErrors(quantity, `${path}.requests[${name}]`),
      ...aboveLimitErrors(name, quantity, limits[name], `${path}.requests`),
    ]),
  ];
}

function negativeErrors(quantity: unknown, path: string): FieldError[] {
  if (!String(quantity).startsWith('-')) return [];
  return [fieldError.invalid(path, quantity, 'must be greater than or equal to 0')];
}

function aboveLimitErrors(name: string, request: unknown, limit: unknown, path: string): FieldError[] {
  if (limit === undefined || compareQuantities(String(request), String(limit)) <= 0) return [];
  return [
    fieldError.invalid(path, request, `must be less than or equal to ${name} limit of ${String(limit)}`),
  ];
}
