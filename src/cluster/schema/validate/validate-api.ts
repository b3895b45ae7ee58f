import { isDeepStrictEqual } from 'node:util';
import { type FieldError, fieldError } from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { asJsonArray, asJsonObject, asText } from '../json-object.ts';

type Json = Record<string, unknown>;

/** Source: Kubernetes pkg/apis/admissionregistration/validation ValidateValidatingWebhookConfiguration and its twin. */
export function validateWebhookConfiguration(configuration: KubeObject): FieldError[] {
  const names = new Set<string>();
  return asJsonArray(configuration['webhooks']).flatMap((each, index) =>
    webhookErrors(asJsonObject(each), `webhooks[${index}]`, names),
  );
}

function webhookErrors(webhook: Json, path: string, names: Set<string>): FieldError[] {
  const errors: FieldError[] = [];
  const name = asText(webhook['name']) ?? '';
  if (name !== '' && name.split('.').length < 3) {
    const detail = 'should be a domain with at least three segments separated by dots';
    errors.push(fieldError.invalid(`${path}.name`, name, detail));
  }
  if (names.has(name)) errors.push(fieldError.duplicate(`${path}.name`, name));
  names.add(name);
  const { service, url } = asJsonObject(webhook['clientConfig']);
  if ((service === undefined) === (url === undefined)) {
    const detail = 'exactly one of url or service is required';
    errors.push(fieldError.required(`${path}.clientConfig`, detail));
  }
  if (asJsonArray(webhook['admissionReviewVersions']).length === 0) {
    const detail = 'must specify one of v1, v1beta1';
    errors.push(fieldError.required(`${path}.admissionReviewVersions`, detail));
  }
  const sideEffects = webhook['sideEffects'];
  if (sideEffects !== undefined && sideEffects !== 'None' && sideEffects !== 'NoneOnDryRun') {
    errors.push(fieldError.notSupported(`${path}.sideEffects`, sideEffects, ['None', 'NoneOnDryRun']));
  }
  const seconds = webhook['timeoutSeconds'];
  if (typeof seconds === 'number' && (seconds < 1 || seconds > 30)) {
    const detail = 'the timeout value must be between 1 and 30 seconds';
    errors.push(fieldError.invalid(`${path}.timeoutSeconds`, seconds, detail));
  }
  return errors;
}

/** Source: kube-aggregator/pkg/apis/apiregistration/validation ValidateAPIService. */
export function validateApiService(service: KubeObject): FieldError[] {
  const spec = asJsonObject(service['spec']);
  const { group = '', version = '' } = spec as { group?: string; version?: string };
  const wanted = `${version}.${group}`;
  const errors: FieldError[] = [];
  if (service.metadata.name !== wanted) {
    const detail = `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(wanted)}`;
    errors.push(fieldError.invalid('metadata.name', service.metadata.name, detail));
  }
  for (const field of ['groupPriorityMinimum', 'versionPriority']) {
    const value = spec[field] ?? 0;
    const bound = field === 'versionPriority' ? 1000 : 20_000;
    if (typeof value === 'number' && value > 0 && value <= bound) continue;
    errors.push(fieldError.invalid(`spec.${field}`, value, `must be positive and less than ${bound}`));
  }
  return errors;
}

const highestUserPriority = 1_000_000_000;

/** Source: pkg/apis/scheduling/validation ValidatePriorityClass, ValidatePriorityClassUpdate. */
export function validatePriorityClass(priority: KubeObject, old: KubeObject | undefined): FieldError[] {
  if (old !== undefined) {
    return ['value', 'preemptionPolicy']
      .filter((field) => !isDeepStrictEqual(priority[field], old[field]))
      .map((field) => fieldError.forbidden(field, 'may not be changed in an update.'));
  }
  const { name = '' } = priority.metadata;
  if (systemPriorities.has(name)) return [];
  if (name.startsWith('system-')) {
    const detail = "priority class names with 'system-' prefix are reserved for system use only";
    return [fieldError.forbidden('metadata.name', detail)];
  }
  if (Number(priority['value'] ?? 0) <= highestUserPriority) return [];
  const detail = `maximum allowed value of a user defined priority is ${highestUserPriority}`;
  return [fieldError.forbidden('value', detail)];
}

const systemPriorities: ReadonlySet<string> = new Set(['system-cluster-critical', 'system-node-critical']);

/** Source: pkg/apis/apps/validation ValidateControllerRevision and its update. */
export function validateControllerRevision(revision: KubeObject, old: KubeObject | undefined): FieldError[] {
  const errors: FieldError[] = [];
  if (revision['data'] === undefined) errors.push(fieldError.required('data', 'data is mandatory'));
  if (Number(revision['revision'] ?? 0) < 0) {
    errors.push(fieldError.invalid('revision', revision['revision'], 'must be greater than or equal to 0'));
  }
  if (old === undefined || isDeepStrictEqual(revision['data'], old['data'])) return errors;
  return [...errors, fieldError.invalid('data', revision['data'], 'field is immutable')];
}

/** Source: pkg/apis/certificates/validation ValidateCertificateSigningRequestCreate. */
export function validateCertificateSigningRequest(spec: Json, oldSpec: Json | undefined): FieldError[] {
  if (oldSpec !== undefined) {
    // What was approved must be what is signed.
    return isDeepStrictEqual(spec, oldSpec) ? [] : [fieldError.invalid('spec', spec, 'field is immutable')];
  }
  const errors: FieldError[] = [];
  const request = Buffer.from(asText(spec['request']) ?? '', 'base64').toString('latin1');
  if (!/^-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----\r?\n/m.test(request)) {
    errors.push(
      fieldError.invalid('spec.request', spec['request'] ?? '', 'PEM block type must be CERTIFICATE REQUEST'),
    );
  }
  if (asJsonArray(spec['usages']).length === 0) {
    errors.push(fieldError.required('spec.usages', 'usages must be specified'));
  }
  const seconds = spec['expirationSeconds'];
  if (typeof seconds === 'number' && seconds < 600) {
    errors.push(
      fieldError.invalid(
        'spec.expirationSeconds',
        seconds,
        'may not specify a duration less than 600 seconds (10 minutes)',
      ),
    );
  }
  return errors;
}
