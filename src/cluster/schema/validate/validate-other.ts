import { type FieldError, fieldError } from '../../../kube/index.ts';
import { oneOf } from './rules.ts';
import { intOrPercentErrors } from './validate-int-or-percent.ts';
import { nonNegativeErrors, positiveErrors } from './validate-numbers.ts';
import { selectorErrors } from './validate-selector.ts';

type Json = Record<string, unknown>;

/** Source: Kubernetes pkg/apis/policy/validation ValidatePodDisruptionBudgetSpec. */
export function validatePodDisruptionBudget(spec: Json): FieldError[] {
  const { minAvailable, maxUnavailable } = spec;
  const errors: FieldError[] = [];
  if (minAvailable !== undefined && maxUnavailable !== undefined)
    errors.push(
      fieldError.invalid('spec', budgetShown(spec), 'minAvailable and maxUnavailable cannot be both set'),
    );
  return [
    ...errors,
    ...intOrPercentErrors(minAvailable, 'spec.minAvailable', 100),
    ...intOrPercentErrors(maxUnavailable, 'spec.maxUnavailable', 100),
    ...selectorErrors(spec['selector'], 'spec.selector'),
    ...oneOf('unhealthyPodEvictionPolicy', ['AlwaysAllow', 'IfHealthyBudget'])(spec, 'spec'),
  ];
}

/** As Go has it. */
function budgetShown(spec: Json): Json {
  const { minAvailable, selector = null, maxUnavailable, unhealthyPodEvictionPolicy = null } = spec;
  return {
    MinAvailable: minAvailable,
    Selector: selector,
    MaxUnavailable: maxUnavailable,
    UnhealthyPodEvictionPolicy: unhealthyPodEvictionPolicy,
  };
}

/** Source: pkg/apis/coordination/validation ValidateLeaseSpec. */
export function validateLease(spec: Json): FieldError[] {
  return [
    ...positiveErrors(spec, 'leaseDurationSeconds', 'spec'),
    ...nonNegativeErrors(spec, 'leaseTransitions', 'spec'),
  ];
}
