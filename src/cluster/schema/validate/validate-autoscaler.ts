import { type FieldError, fieldError } from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, isJsonObject } from '../json-object.ts';
import { compareQuantities } from '../quantity.ts';
import { within } from './rules.ts';
import { metricErrors, referenceErrors } from './validate-metric.ts';
import { positiveErrors } from './validate-numbers.ts';

type Json = Record<string, unknown>;

/** Source: Kubernetes pkg/apis/autoscaling/validation validateHorizontalPodAutoscalerSpec. */
export function validateHorizontalPodAutoscaler(spec: Json, oldSpec: Json | undefined): FieldError[] {
  const metrics = asJsonArray(spec['metrics']).map(asJsonObject);
  const behavior = asJsonObject(spec['behavior']);
  return [
    ...replicasErrors(spec),
    ...targetErrors(asJsonObject(spec['scaleTargetRef']), oldSpec),
    ...metrics.flatMap((metric, index) => metricErrors(metric, `spec.metrics[${index}]`)),
    ...idleErrors(spec['minReplicas'], metrics),
    ...['scaleUp', 'scaleDown'].flatMap((direction) =>
      rulesErrors(behavior[direction], `spec.behavior.${direction}`),
    ),
  ];
}

/** Without pods only a metric from elsewhere can tell that some are wanted. Source: validateMetrics. */
function idleErrors(minReplicas: unknown, metrics: readonly Json[]): FieldError[] {
  if (minReplicas !== 0 || metrics.some(({ type }) => type === 'Object' || type === 'External')) return [];
  const detail = 'must specify at least one Object or External metric to support scaling to zero replicas';
  return [fieldError.forbidden('spec.metrics', detail)];
}

const fewest = within('minReplicas', 1, Infinity, 'must be greater than or equal to 1');

function replicasErrors(spec: Json): FieldError[] {
  const { minReplicas, maxReplicas = 0 } = spec;
  const errors = [...fewest(spec, 'spec'), ...positiveErrors({ maxReplicas }, 'maxReplicas', 'spec')];
  if (typeof minReplicas !== 'number' || Number(maxReplicas) >= minReplicas) return errors;
  const detail = 'must be greater than or equal to `minReplicas`';
  return [...errors, fieldError.invalid('spec.maxReplicas', maxReplicas, detail)];
}

/** What older servers took stays. Source: pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go. */
function targetErrors(target: Json, oldSpec: Json | undefined): FieldError[] {
  const path = 'spec.scaleTargetRef';
  const errors = referenceErrors(target, path);
  const { apiVersion = '', kind } = target;
  const before = asJsonObject(oldSpec?.['scaleTargetRef']);
  const isKept =
    oldSpec !== undefined && before['apiVersion'] === target['apiVersion'] && before['kind'] === kind;
  // The only kind of the core group that scales may leave it out.
  if (isKept || kind === 'ReplicationController' || String(apiVersion).includes('/')) return errors;
  return [
    ...errors,
    fieldError.invalid(`${path}.apiVersion`, apiVersion, 'apiVersion must specify API group'),
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
  if (asJsonArray(policies).length === 0) {
    errors.push(fieldError.required(`${path}.policies`, 'must specify at least one Policy'));
  }
  for (const [index, policy] of asJsonArray(policies).map(asJsonObject).entries()) {
    errors.push(...policyErrors(policy, `${path}.policies[${index}]`));
  }
  if (tolerance !== undefined && compareQuantities(String(tolerance), '0') < 0) {
    const detail = 'must be greater than or equal to 0';
    errors.push(fieldError.invalid(`${path}.tolerance`, tolerance, detail));
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
