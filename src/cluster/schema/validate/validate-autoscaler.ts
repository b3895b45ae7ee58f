import { type FieldError, fieldError } from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, isJsonObject } from '../json-object.ts';
import { compareQuantities } from '../quantity.ts';
import { metricErrors } from './validate-metric.ts';
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

/** Source: validateScalingRules. */
function rulesErrors(value: unknown, path: string): FieldError[] {
  if (!isJsonObject(value)) return [];
  const { stabilizationWindowSeconds: window = 0, policies, selectPolicy, tolerance } = value;
  const errors: FieldError[] = [];
  const at = `${path}.stabilizationWindowSeconds`;
  if (Number(window) < 0)
    errors.push(fieldError.invalid(at, window, 'must be greater than or equal to zero'));
  if (Number(window) > 3600)
    errors.push(fieldError.invalid(at, window, 'must be less than or equal to 3600'));
  if (selectPolicy !== undefined && !SELECT_POLICIES.includes(String(selectPolicy)))
    errors.push(fieldError.notSupported(`${path}.selectPolicy`, selectPolicy, SELECT_POLICIES));
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

const SELECT_POLICIES = ['Disabled', 'Max', 'Min'];
const POLICY_TYPES = ['Percent', 'Pods'];

function policyErrors({ type = '', value = 0, periodSeconds = 0 }: Json, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!POLICY_TYPES.includes(String(type)))
    errors.push(fieldError.notSupported(`${path}.type`, type, POLICY_TYPES));
  const positive = 'must be greater than zero';
  if (Number(value) <= 0) errors.push(fieldError.invalid(`${path}.value`, value, positive));
  const at = `${path}.periodSeconds`;
  if (Number(periodSeconds) <= 0) errors.push(fieldError.invalid(at, periodSeconds, positive));
  if (Number(periodSeconds) > 1800) {
    errors.push(fieldError.invalid(at, periodSeconds, 'must be less than or equal to 1800'));
  }
  return errors;
}
