import { type FieldError, fieldError, pathSegmentNameErrors } from '../../../kube/index.ts';
import { asJsonObject } from '../json-object.ts';
import { compareQuantities } from '../quantity.ts';

type Json = Record<string, unknown>;

/** By type, the field that says more, and what its target must say. */
const sources: Readonly<Record<string, { readonly field: string; readonly target: TargetRule }>> = {
  Resource: { field: 'resource', target: resourceTargetErrors },
  ContainerResource: { field: 'containerResource', target: resourceTargetErrors },
  Pods: { field: 'pods', target: podsTargetErrors },
  Object: { field: 'object', target: objectTargetErrors },
  External: { field: 'external', target: externalTargetErrors },
};

type TargetRule = (target: Json, path: string) => FieldError[];

/** One metric of an autoscaler. Source: Kubernetes pkg/apis/autoscaling/validation validateMetricSpec. */
export function metricErrors(metric: Json, path: string): FieldError[] {
  const type = String(metric['type']);
  const source = Object.hasOwn(sources, type) ? sources[type] : undefined;
  if (source === undefined) {
    // That there must be one is in the schema.
    if ((metric['type'] ?? '') === '') return [];
    return [fieldError.notSupported(`${path}.type`, type, Object.keys(sources).sort())];
  }
  const { field, target: rule } = source;
  const others = Object.values(sources).filter(
    (each) => each.field !== field && metric[each.field] !== undefined,
  );
  const errors = others.map((other) =>
    fieldError.forbidden(`${path}.${other.field}`, 'must populate the given metric source only'),
  );
  if (metric[field] === undefined) {
    const detail = 'must populate information for the given metric source';
    return [...errors, fieldError.required(`${path}.${field}`, detail)];
  }
  const said = asJsonObject(metric[field]);
  const target = asJsonObject(said['target']);
  return [
    ...errors,
    ...nameErrors(asJsonObject(said['metric'])['name'], `${path}.${field}.metric.name`),
    ...targetErrors(target, `${path}.${field}.target`),
    ...rule(target, `${path}.${field}.target`),
  ];
}

/** It becomes part of a path. That there is one is in the schema. Source: validateMetricIdentifier. */
function nameErrors(name: unknown, path: string): FieldError[] {
  const problems = typeof name === 'string' && name !== '' ? pathSegmentNameErrors(name) : [];
  return problems.map((problem) => fieldError.invalid(path, name, problem));
}

const targetTypes: ReadonlySet<unknown> = new Set(['Utilization', 'Value', 'AverageValue']);

/** Source: validateMetricTarget. */
function targetErrors(target: Json, path: string): FieldError[] {
  const { averageUtilization, averageValue, value, type = '' } = target;
  const errors = ['value', 'averageValue']
    .filter((field) => target[field] !== undefined && compareQuantities(String(target[field]), '0') <= 0)
    .map((field) => fieldError.invalid(`${path}.${field}`, target[field], 'must be positive'));
  if (type !== '' && !targetTypes.has(type)) {
    const detail = 'must be either Utilization, Value, or AverageValue';
    errors.unshift(fieldError.invalid(`${path}.type`, type, detail));
  }
  if (averageUtilization === undefined && averageValue === undefined && value === undefined) {
    const at = `${path}. utilization, value and averageValue`;
    return [...errors, fieldError.invalid(at, type, 'at least one not nil')];
  }
  if (averageUtilization === undefined || Number(averageUtilization) >= 1) return errors;
  const at = `${path}.averageUtilization`;
  return [...errors, fieldError.invalid(at, averageUtilization, 'must be greater than 0')];
}

/** Source: validateResourceSource, validateContainerResourceSource. */
function resourceTargetErrors({ averageUtilization, averageValue }: Json, path: string): FieldError[] {
  if (averageUtilization === undefined && averageValue === undefined) {
    const detail = 'must set either a target raw value or a target utilization';
    return [fieldError.required(`${path}.averageUtilization`, detail)];
  }
  if (averageUtilization === undefined || averageValue === undefined) return [];
  const detail = 'may not set both a target raw value and a target utilization';
  return [fieldError.forbidden(`${path}.averageValue`, detail)];
}

/** Source: validatePodsSource. */
function podsTargetErrors({ averageValue }: Json, path: string): FieldError[] {
  const detail = 'must specify a positive target averageValue';
  return averageValue === undefined ? [fieldError.required(`${path}.averageValue`, detail)] : [];
}

/** Source: validateObjectSource. */
function objectTargetErrors({ value, averageValue }: Json, path: string): FieldError[] {
  const detail = 'must set either a target value or averageValue';
  const isMissing = value === undefined && averageValue === undefined;
  return isMissing ? [fieldError.required(`${path}.averageValue`, detail)] : [];
}

/** Source: validateExternalSource. */
function externalTargetErrors({ value, averageValue }: Json, path: string): FieldError[] {
  if (value === undefined && averageValue === undefined) {
    const detail = 'must set either a target value for metric or a per-pod target';
    return [fieldError.required(`${path}.averageValue`, detail)];
  }
  if (value === undefined || averageValue === undefined) return [];
  const detail = 'may not set both a target value for metric and a per-pod target';
  return [fieldError.forbidden(`${path}.value`, detail)];
}
