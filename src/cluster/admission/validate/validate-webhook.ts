import {
  dns1035LabelErrors,
  dns1123SubdomainErrors,
  type FieldError,
  fieldError,
} from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, asText, selectorErrors } from '../../schema/index.ts';
import { addressErrors, type ClientConfig } from '../../webhooks/index.ts';
import { admissionVariables } from '../expressions/admission-variables.ts';
import { reviewVersions } from '../webhooks/admission-review.ts';
import { conditionErrors } from './validate-expression.ts';
import { choiceErrors, ruleErrors } from './validate-match.ts';

type Json = Record<string, unknown>;

const variables = admissionVariables({ params: false, authorizer: true });

/** What is wrong with the webhooks of a configuration. */
export function webhooksErrors(webhooks: readonly Json[]): FieldError[] {
  const names = new Set<unknown>();
  return webhooks.flatMap((webhook, index) => {
    const path = `webhooks[${index}]`;
    const { name = '' } = webhook;
    const errors = webhookErrors(webhook, path);
    if (name !== '' && names.has(name)) errors.push(fieldError.duplicate(`${path}.name`, name));
    names.add(name);
    return errors;
  });
}

/** Source: Kubernetes pkg/apis/admissionregistration/validation validateValidatingWebhook and its twin. */
function webhookErrors(webhook: Json, path: string): FieldError[] {
  return [
    ...nameErrors(asText(webhook['name']) ?? '', `${path}.name`),
    ...asJsonArray(webhook['rules']).flatMap((rule, index) =>
      ruleErrors(asJsonObject(rule), `${path}.rules[${index}]`),
    ),
    ...choiceErrors(webhook, path, 'failurePolicy', ['Fail', 'Ignore']),
    ...choiceErrors(webhook, path, 'matchPolicy', ['Equivalent', 'Exact']),
    ...sideEffectErrors(webhook['sideEffects'], `${path}.sideEffects`),
    ...timeoutErrors(webhook['timeoutSeconds'], `${path}.timeoutSeconds`),
    ...selectorErrors(webhook['namespaceSelector'], `${path}.namespaceSelector`),
    ...selectorErrors(webhook['objectSelector'], `${path}.objectSelector`),
    ...clientErrors(asJsonObject(webhook['clientConfig']), `${path}.clientConfig`),
    ...conditionErrors(webhook, variables, path),
    ...choiceErrors(webhook, path, 'reinvocationPolicy', ['IfNeeded', 'Never']),
    ...versionErrors(asJsonArray(webhook['admissionReviewVersions']), `${path}.admissionReviewVersions`),
  ];
}

function nameErrors(name: string, path: string): FieldError[] {
  if (name === '') return [fieldError.required(path)];
  const errors = dns1123SubdomainErrors(name).map((detail) => fieldError.invalid(path, name, detail));
  if (errors.length > 0 || name.split('.').length >= 3) return errors;
  const detail = 'should be a domain with at least three segments separated by dots';
  return [fieldError.invalid(path, name, detail)];
}

const effects = ['None', 'NoneOnDryRun'];

function sideEffectErrors(value: unknown, path: string): FieldError[] {
  if (value === undefined || value === null)
    return [fieldError.required(path, `must specify one of ${effects.join(', ')}`)];
  return effects.includes(String(value)) ? [] : [fieldError.notSupported(path, value, effects)];
}

function timeoutErrors(seconds: unknown, path: string): FieldError[] {
  if (typeof seconds !== 'number' || (seconds >= 1 && seconds <= 30)) return [];
  return [fieldError.invalid(path, seconds, 'the timeout value must be between 1 and 30 seconds')];
}

function clientErrors(config: ClientConfig, path: string): FieldError[] {
  return (config.url === undefined) === (config.service === undefined)
    ? [fieldError.required(path, 'exactly one of url or service is required')]
    : addressErrors(config, path);
}

function versionErrors(versions: readonly unknown[], path: string): FieldError[] {
  const known = reviewVersions.join(', ');
  if (versions.length === 0) return [fieldError.required(path, `must specify one of ${known}`)];
  const errors = versions.flatMap((version, index) => {
    const place = `${path}[${index}]`;
    if (versions.indexOf(version) < index) return [fieldError.invalid(place, version, 'duplicate version')];
    return dns1035LabelErrors(String(version)).map((detail) => fieldError.invalid(place, version, detail));
  });
  return versions.some((version) => reviewVersions.includes(String(version)))
    ? errors
    : [...errors, fieldError.invalid(path, versions, `must include at least one of ${known}`)];
}
