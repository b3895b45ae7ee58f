import { type FieldError, fieldError } from '../../../kube/index.ts';
import type { ScalePaths } from '../../resources/index.ts';
import { isJsonObject } from '../../schema/index.ts';

const maxReplicas = 2 ** 31 - 1;

/**
 * What keeps /scale from being served for an object.
 * Source: apiextensions-apiserver/pkg/registry/customresource/validator.go ValidateScaleSpec, ValidateScaleStatus.
 */
export function validateScale(scale: ScalePaths, object: object, part: 'all' | 'status'): FieldError[] {
  const { specReplicas, statusReplicas, labelSelector } = scale;
  return [
    ...(part === 'all' ? replicasErrors(object, specReplicas) : []),
    ...replicasErrors(object, statusReplicas),
    ...(labelSelector === undefined ? [] : selectorErrors(object, labelSelector)),
  ];
}

function replicasErrors(object: object, path: readonly string[]): FieldError[] {
  const replicas = valueAt(object, path) ?? 0;
  const field = `.${path.join('.')}`;
  if (!Number.isInteger(replicas)) {
    const detail = `${field} accessor error: ${JSON.stringify(replicas)} is of the type ${goType(replicas)}, expected int64`;
    return [fieldError.invalid(field, 0, detail)];
  }
  if (Number(replicas) < 0) return [fieldError.invalid(field, replicas, 'should be a non-negative integer')];
  if (Number(replicas) <= maxReplicas) return [];
  return [fieldError.invalid(field, replicas, `should be less than or equal to ${maxReplicas}`)];
}

function selectorErrors(object: object, path: readonly string[]): FieldError[] {
  const selector = valueAt(object, path) ?? '';
  if (typeof selector === 'string') return [];
  const field = `.${path.join('.')}`;
  const detail = `${field} accessor error: ${JSON.stringify(selector)} is of the type ${goType(selector)}, expected string`;
  return [fieldError.invalid(field, '', detail)];
}

function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (isJsonObject(value)) return 'map[string]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** The value at a path of members, or undefined. */
function valueAt(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const name of path) {
    if (!isJsonObject(found) || !Object.hasOwn(found, name)) return undefined;
    found = found[name];
  }
  return found;
}
