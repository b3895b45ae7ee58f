import { type FieldError, fieldError } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { oneOf } from './rules.ts';

const highestUserPriority = 1_000_000_000;

/** Source: Kubernetes pkg/apis/scheduling/validation ValidatePriorityClass, ValidatePriorityClassUpdate. */
export function validatePriorityClass(priority: KubeObject, old: KubeObject | undefined): FieldError[] {
  const { value = 0, preemptionPolicy: policy } = priority;
  if (old === undefined)
    return [...valueErrors(priority.metadata.name ?? '', value), ...policyErrors(policy)];
  const errors =
    value === (old['value'] ?? 0) ? [] : [fieldError.forbidden('value', 'may not be changed in an update.')];
  return policy === old['preemptionPolicy']
    ? errors
    : [...errors, fieldError.invalid('preemptionPolicy', policy ?? null, 'field is immutable')];
}

function valueErrors(name: string, value: unknown): FieldError[] {
  if (name.startsWith('system-')) {
    const problem = systemProblem(name, value);
    const detail = "priority class names with 'system-' prefix are reserved for system use only. error: ";
    return problem === undefined ? [] : [fieldError.forbidden('metadata.name', `${detail}${problem}`)];
  }
  if (Number(value) <= highestUserPriority) return [];
  const detail = `maximum allowed value of a user defined priority is ${highestUserPriority}`;
  return [fieldError.forbidden('value', detail)];
}

const systemPriorities: ReadonlyMap<string, number> = new Map([
  ['system-cluster-critical', 2_000_000_000],
  ['system-node-critical', 2_000_001_000],
]);

function systemProblem(name: string, value: unknown): string | undefined {
  const known = systemPriorities.get(name);
  if (known === undefined) return `${name} is not a known system priority class`;
  return value === known ? undefined : `value of ${name} PriorityClass must be ${known}`;
}

function policyErrors(policy: unknown): FieldError[] {
  if (policy === '') return [fieldError.required('preemptionPolicy')];
  return oneOf('preemptionPolicy', ['PreemptLowerPriority', 'Never'])({ preemptionPolicy: policy }, '');
}
