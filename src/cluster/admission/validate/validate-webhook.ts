import { type FieldError, fieldError } from '../../../kube/index.ts';
import { asJsonArray, asJsonObject } from '../../schema/index.ts';
import { addressErrors, type ClientConfig } from '../../webhooks/index.ts';
import { admissionVariables } from '../expressions/admission-variables.ts';
import { reviewVersions } from '../webhooks/admission-review.ts';
import { conditionErrors } from './validate-expression.ts';
import { choiceErrors, ruleErrors, selectorErrors } from './validate-match.ts';

type Json = Record<string, unknown>;

const variables = admissionVariables({ params: false, authorizer: true });

/** What is wrong with one webhook, beside its name and what it lacks. */
export function webhookErrors(webhook: Json, path: string): FieldError[] {
  return [
    ...versionErrors(asJsonArray(webhook['admissionReviewVersions']), `${path}.admissionReviewVersions`),
    ...choiceErrors(webhook, path, 'failurePolicy', ['Fail', 'Ignore']),
    ...choiceErrors(webhook, path, 'matchPolicy', ['Equivalent', 'Exact']),
    ...choiceErrors(webhook, path, 'reinvocationPolicy', ['IfNeeded', 'Never']),
    ...selectorErrors(webhook['namespaceSelector'], `${path}.namespaceSelector`),
    ...selectorErrors(webhook['objectSelector'], `${path}.objectSelector`),
    ...clientErrors(asJsonObject(webhook['clientConfig']), `${path}.clientConfig`),
    ...asJsonArray(webhook['rules']).flatMap((rule, index) =>
      ruleErrors(asJsonObject(rule), `${path}.rules[${index}]`),
    ),
    ...conditionErrors(webhook, variables, path),
  ];
}

/** Where it is; that it is in one place alone has been looked at. */
function clientErrors(config: ClientConfig, path: string): FieldError[] {
  return (config.url === undefined) === (config.service === undefined) ? [] : addressErrors(config, path);
}

function versionErrors(versions: readonly unknown[], path: string): FieldError[] {
  const repeated = versions.filter((version, index) => versions.indexOf(version) !== index);
  const isKnown = versions.some((version) => reviewVersions.includes(String(version)));
  return [
    ...repeated.map((version) => fieldError.duplicate(`${path}[${versions.lastIndexOf(version)}]`, version)),
    ...(versions.length === 0 || isKnown
      ? []
      : [fieldError.invalid(path, versions, `must include at least one of ${reviewVersions.join(', ')}`)]),
  ];
}
