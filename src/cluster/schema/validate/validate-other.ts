import { type FieldError, fieldError } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { asJsonArray, asJsonObject, asText, isJsonObject } from '../json-object.ts';
import { positiveErrors } from './validate-numbers.ts';

type Json = Record<string, unknown>;

export function validateIngress(spec: Json): FieldError[] {
  const rules = asJsonArray(spec['rules']);
  if (rules.length === 0 && spec['defaultBackend'] === undefined) {
    return [fieldError.invalid('spec', spec, 'either `defaultBackend` or `rules` must be specified')];
  }
  return rules.flatMap((rule, index) => {
    const path = `spec.rules[${index}].http.paths`;
    return asJsonArray(asJsonObject(asJsonObject(rule)['http'])['paths']).flatMap((each, at) =>
      ingressPathErrors(asJsonObject(each), `${path}[${at}].path`),
    );
  });
}

function ingressPathErrors(rule: Json, path: string): FieldError[] {
  const text = asText(rule['path']);
  const isExactOrPrefix = rule['pathType'] === 'Exact' || rule['pathType'] === 'Prefix';
  if (text === undefined)
    return isExactOrPrefix
      ? [fieldError.required(path, 'must be specified when `pathType` is Exact or Prefix')]
      : [];
  return text.startsWith('/') ? [] : [fieldError.invalid(path, text, 'must be an absolute path')];
}

export function validatePodDisruptionBudget(spec: Json): FieldError[] {
  if (spec['minAvailable'] === undefined || spec['maxUnavailable'] === undefined) return [];
  return [fieldError.invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set')];
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
