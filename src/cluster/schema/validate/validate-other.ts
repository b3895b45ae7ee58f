import { type FieldError, fieldError } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { asText, isJsonObject } from '../json-object.ts';
import { intOrPercentErrors } from './validate-int-or-percent.ts';
import { positiveErrors } from './validate-numbers.ts';
import { selectorErrors } from './validate-selector.ts';

type Json = Record<string, unknown>;

/** Source: Kubernetes pkg/apis/policy/validation ValidatePodDisruptionBudgetSpec. */
export function validatePodDisruptionBudget(spec: Json): FieldError[] {
  const { minAvailable, maxUnavailable } = spec;
  const errors: FieldError[] = [];
  if (minAvailable !== undefined && maxUnavailable !== undefined)
    errors.push(fieldError.invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set'));
  return [
    ...errors,
    ...intOrPercentErrors(minAvailable, 'spec.minAvailable', 100),
    ...intOrPercentErrors(maxUnavailable, 'spec.maxUnavailable', 100),
    ...selectorErrors(spec['selector'], 'spec.selector'),
  ];
}

export function validateLease(spec: Json): FieldError[] {
  return positiveErrors(spec, 'leaseDurationSeconds', 'spec');
}

/** An event lives in the namespace of what it is about; one about a cluster object lives in `default`. */
export function validateEvent(event: KubeObject): FieldError[] {
  const involved = event['involvedObject'];
  const namespace = isJsonObject(involved) ? (asText(involved['namespace']) ?? '') : '';
  const own = event.metadata.namespace ?? '';
  const isOfCluster = namespace === '' && (own === 'default' || own === 'kube-system');
  if (namespace === own || isOfCluster) return [];
  return [fieldError.invalid('involvedObject.namespace', namespace, 'does not match event.namespace')];
}

const requiredOfEvents = ['eventTime', 'reportingController', 'reportingInstance', 'action', 'reason'];
const maxNoteLength = 1024;

/** Source: Kubernetes pkg/apis/core/validation/events.go, the rules for events.k8s.io/v1. */
export function validateNewEvent(event: KubeObject, old: KubeObject | undefined): FieldError[] {
  const { regarding, type, note = '' } = event;
  const errors = validateEvent({ ...event, involvedObject: regarding });
  // What was told in the old form may be counted in the new one.
  if (old !== undefined) return errors;
  for (const field of requiredOfEvents) {
    if ((event[field] ?? '') === '') errors.push(fieldError.required(field));
  }
  if (type !== 'Normal' && type !== 'Warning') {
    errors.push(fieldError.invalid('type', type ?? '', 'has invalid value'));
  }
  if (String(note).length > maxNoteLength) {
    errors.push(fieldError.invalid('message', '', `can have at most ${maxNoteLength} characters`));
  }
  return errors;
}
