import { type FieldError, fieldError } from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, isJsonObject } from '../json-object.ts';
import { compareQuantities } from '../quantity.ts';
import { positiveErrors } from './validate-numbers.ts';

type Json = Record<string, unknown>;

/** Source: Kubernetes pkg/apis/autoscaling/validation ValidateHorizontalPodAutoscaler. */
export function validateHorizontalPodAutoscaler(spec: Json): FieldError[] {
  const { minReplicas, maxReplicas } = spec;
  const errors = [
    ...positiveErrors({ maxReplicas: maxReplicas ?? 0 }, 'maxReplicas', 'spec'),
    ...positiveErrors(spec, 'minReplicas', 'spec'),
  ];
  if (typeof minReplicas === 'number' && typeof maxReplicas === 'number' && maxReplicas < minReplicas) {
    errors.push(
      fieldError.invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'),
    );
  }
  const target = asJsonObject(spec['scaleTargetRef']);
  for (const field of ['kind', 'name']) {
    if ((target[field] ?? '') === '') errors.push(fieldError.required(`spec.scaleTargetRef.${field}`));
  }
  const metrics = asJsonArray(spec['metrics']).map(asJsonObject);
  const behavior = asJsonObject(spec['behavior']);
  return [
    ...errors,
    ...metrics.flatMap((metric, index) => metricErrors(metric, `spec.metrics[${index}]`)),
    ...['scaleUp', 'scaleDown'].flatMap((direction) =>
      rulesErrors(behavior[direction], `spec.behavior.${direction}`),
    ),
  ];
}

const sources: Readonly<Record<string, string>> = {
  Resource: 'resource',
  ContainerResource: 'containerResource',
  Pods: 'pods',
  Object: 'object',
  External: 'external',
};

function metricErrors(metric: Json, path: string): FieldError[] {
  const field = Object.hasOwn(sources, String(metric['type'])) ? sources[String(metric['type'])] : undefined;
  // The schema says so.
  if (field === undefined) return [];
  const others = Object.values(sources).filter((each) => each !== field && metric[each] !== undefined);
  const errors = others.map((other) =>
    fieldError.forbidden(`${path}.${other}`, 'must populate the given metric source only'),
  );
  if (metric[field] === undefined) {
    const detail = 'must populate information for the given metric source';
    return [...errors, fieldError.required(`${path}.${field}`, detail)];
  }
  const target = asJsonObject(asJsonObject(metric[field])['target']);
  const isOfResource = field === 'resource' || field === 'containerResource';
  return [
    ...errors,
    ...targetErrors(target, `${path}.${field}.target`),
    ...(isOfResource ? resourceTargetErrors(target, `${path}.${field}.target`) : []),
  ];
}

/** Source: validateMetricTarget. */
function targetErrors(target: Json, path: string): FieldError[] {
  const { averageUtilization } = target;
  const errors = ['value', 'averageValue']
    .filter((field) => target[field] !== undefined && compareQuantities(String(target[field]), '0') <= 0)
    .map((field) => fieldError.invalid(`${path}.${field}`, target[field], 'must be positive'));
  if (averageUtilization === undefined || Number(averageUtilization) >= 1) return errors;
  const at = `${path}.averageUtilization`;
  return [...errors, fieldError.invalid(at, averageUtilization, 'must be greater than 0')];
}

/** Source: validateResourceSource. */
function resourceTargetErrors({ averageUtilization, averageValue }: Json, path: string): FieldError[] {
  if (averageUtilization === undefined && averageValue === undefined) {
    const detail = 'must set either a target raw value or a target utilization';
    return [fieldError.required(`${path}.averageUtilization`, detail)];
  }
  if (averageUtilization === undefined || averageValue === undefined) return [];
  const detail = 'may not set both a target raw value and a target utilization';
  return [fieldError.forbidden(`${path}.averageValue`, detail)];
}

/** Source: validateScalingRules. */
function rulesErrors(value: unknown, path: string): FieldError[] {
  if (!isJsonObject(value)) return [];
  const { stabilizationWindowSeconds: window = 0, policies, tolerance } = value;
  const errors: FieldError[] = [];
  const at = `${path}.stabilizationWindowSeconds`;
  if (Number(window) < 0)
    errors.push(fieldError.invalid(at, window, 'must be greater than or equal to zero'));
  if (Number(window) > 3600)
    errors.push(fieldError.invalid(at, window, 'must be less than or equal to 3600'));
  if (tolerance !== undefined && compareQuantities(String(tolerance), '0') < 0) {
    const detail = 'must be greater than or equal to 0';
    errors.push(fieldError.invalid(`${path}.tolerance`, tolerance, detail));
  }
  if (asJsonArray(policies).length === 0) {
    errors.push(fieldError.required(`${path}.policies`, 'must specify at least one Policy'));
  }
  for (const [index, policy] of asJsonArray(policies).map(asJsonObject).entries()) {
    errors.push(...policyErrors(policy, `${path}.policies[${index}]`));
  }
  return errors;
}

function policyErrors({ value, periodSeconds }: Json, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const positive = 'must be greater than zero';
  if (Number(value) <= 0) errors.push(fieldError.invalid(`${path}.value`, value, positive));
  const at = `${path}.periodSeconds`;
  if (Number(periodSeconds) <= 0) errors.push(fieldError.invalid(at, periodSeconds, positive));
  if (Number(periodSeconds) > 1800) {
    errors.push(fieldError.invalid(at, periodSeconds, 'must be less than or equal to 1800'));
  }
  return errors;
}
