import { type FieldError, fieldError, goQuote, labelKeyErrors } from '../../../kube/index.ts';
import { goInternal } from '../go-internal.ts';
import { asJsonArray, asJsonObject, isJsonObject } from '../json-object.ts';
import { invalidFor } from './rules.ts';
import { nonNegativeErrors } from './validate-numbers.ts';

type Json = Record<string, unknown>;

const mostRules = 20;
const mostValues = 255;
const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const operators = ['In', 'NotIn'];
const statuses = ['False', 'True', 'Unknown'];

/** Which failures of pods count. Source: Kubernetes pkg/apis/batch/validation validatePodFailurePolicy. */
export function failurePolicyErrors(spec: Json, path: string): FieldError[] {
  const rules = asJsonArray(asJsonObject(spec['podFailurePolicy'])['rules']).map(asJsonObject);
  const template = asJsonObject(asJsonObject(spec['template'])['spec']);
  const names = [...asJsonArray(template['containers']), ...asJsonArray(template['initContainers'])].map(
    (container) => asJsonObject(container)['name'],
  );
  return [
    ...(rules.length > mostRules ? [fieldError.tooMany(`${path}.rules`, rules.length, mostRules)] : []),
    ...rules.flatMap((rule, index) => failureRuleErrors(spec, rule, `${path}.rules[${index}]`, names)),
  ];
}

function failureRuleErrors(spec: Json, rule: Json, path: string, names: readonly unknown[]): FieldError[] {
  const { action = '', onExitCodes, onPodConditions } = rule;
  const conditions = asJsonArray(onPodConditions).map(asJsonObject);
  const errors = wordErrors(action, actions, `${path}.action`);
  if (action === 'FailIndex' && spec['backoffLimitPerIndex'] === undefined)
    errors.push(fieldError.invalid(`${path}.action`, action, 'requires the backoffLimitPerIndex to be set'));
  if (isJsonObject(onExitCodes)) errors.push(...exitCodeErrors(onExitCodes, `${path}.onExitCodes`, names));
  errors.push(
    ...conditions.flatMap((each, index) => conditionErrors(each, `${path}.onPodConditions[${index}]`)),
  );
  const what = 'OnExitCodes and OnPodConditions';
  if (onExitCodes !== undefined && conditions.length > 0)
    errors.push(fieldError.invalid(path, undefined, `specifying both ${what} is not supported`));
  if (onExitCodes === undefined && conditions.length === 0)
    errors.push(fieldError.invalid(path, undefined, `specifying one of ${what} is required`));
  return errors;
}

/** Go prints the list of words as it prints lists. */
function wordErrors(word: unknown, words: readonly string[], path: string): FieldError[] {
  if (words.includes(String(word))) return [];
  return [
    word === ''
      ? fieldError.required(path, `valid values: [${words.map(goQuote).join(' ')}]`)
      : fieldError.notSupported(path, word, words),
  ];
}

function conditionErrors({ type = '', status = '' }: Json, path: string): FieldError[] {
  return [
    ...invalidFor(type, `${path}.type`, labelKeyErrors),
    ...wordErrors(status, statuses, `${path}.status`),
  ];
}

function exitCodeErrors(rule: Json, path: string, names: readonly unknown[]): FieldError[] {
  const { containerName, operator = '' } = rule;
  const values = asJsonArray(rule['values']);
  const errors = wordErrors(operator, operators, `${path}.operator`);
  if (containerName !== undefined && !names.includes(containerName)) {
    const detail = 'must be one of the container or initContainer names in the pod template';
    errors.push(fieldError.invalid(`${path}.containerName`, containerName, detail));
  }
  if (values.length === 0)
    errors.push(fieldError.invalid(`${path}.values`, null, 'at least one value is required'));
  else if (values.length > mostValues)
    errors.push(fieldError.tooMany(`${path}.values`, values.length, mostValues));
  for (const [index, value] of values.entries()) {
    const at = `${path}.values[${index}]`;
    if (value === 0 && operator === 'In')
      errors.push(fieldError.invalid(at, value, 'must not be 0 for the In operator'));
    if (values.indexOf(value) < index) errors.push(fieldError.duplicate(at, value));
  }
  if (values.some((value, index) => Number(values[index - 1] ?? value) > Number(value)))
    errors.push(fieldError.invalid(`${path}.values`, values, 'must be ordered'));
  return errors;
}

/** When enough has been done. Source: validateSuccessPolicy. */
export function successPolicyErrors(spec: Json, path: string): FieldError[] {
  const policy = spec['successPolicy'];
  if (policy === undefined) return [];
  if (spec['completionMode'] !== 'Indexed') {
    const shown = goInternal('io.k8s.api.batch.v1.SuccessPolicy', policy);
    return [fieldError.invalid(path, shown, 'requires indexed completion mode')];
  }
  const rules = asJsonArray(asJsonObject(policy)['rules']).map(asJsonObject);
  const detail = 'at least one rules must be specified when the successPolicy is specified';
  return [
    ...(rules.length === 0 ? [fieldError.required(`${path}.rules`, detail)] : []),
    ...(rules.length > mostRules ? [fieldError.tooMany(`${path}.rules`, rules.length, mostRules)] : []),
    ...rules.flatMap((rule, index) =>
      successRuleErrors(rule, Number(spec['completions'] ?? 0), `${path}.rules[${index}]`),
    ),
  ];
}

function successRuleErrors(rule: Json, completions: number, path: string): FieldError[] {
  const { succeededCount: count, succeededIndexes: indexes } = rule;
  const errors: FieldError[] = [];
  if (count === undefined && indexes === undefined) {
    const detail = 'at least one of succeededCount or succeededIndexes must be specified';
    errors.push(fieldError.required(path, detail));
  }
  const listed = indexes === undefined ? 0 : countIndexes(String(indexes), completions);
  if (typeof listed === 'string') {
    const detail = `error parsing succeededIndexes: ${listed}`;
    errors.push(fieldError.invalid(`${path}.succeededIndexes`, indexes, detail));
  }
  if (typeof count !== 'number') return errors;
  const at = `${path}.succeededCount`;
  const total = typeof listed === 'string' ? 0 : listed;
  const atMost = (most: number, what: string) =>
    count > most ? [fieldError.invalid(at, count, `must be less than or equal to ${most} (${what})`)] : [];
  return [
    ...errors,
    ...nonNegativeErrors(rule, 'succeededCount', path),
    ...atMost(completions, 'the number of specified completions'),
    ...(indexes === undefined
      ? []
      : atMost(total, 'the number of indexes in the specified succeededIndexes field')),
  ];
}

/** How many indexes a list of them and of intervals names, or what is wrong with it. Source: validateIndexesFormat. */
function countIndexes(text: string, completions: number): number | string {
  let [last, total] = [-1, 0];
  for (const interval of text === '' ? [] : text.split(',')) {
    const limits = interval.split('-');
    if (limits.length > 2)
      return `the fragment ${goQuote(interval)} violates the requirement that an index interval can have at most two parts separated by '-'`;
    const odd = limits.find((limit) => !/^\+?[0-9]+$/.test(limit));
    if (odd !== undefined) return `cannot convert string to integer for index: ${goQuote(odd)}`;
    const large = limits.find((limit) => Number(limit) >= completions);
    if (large !== undefined) return `too large index: ${goQuote(large)}`;
    for (const limit of limits.map(Number)) {
      if (limit <= last) return `non-increasing order, previous: ${last}, current: ${limit}`;
      total += limit === Number(limits[0]) ? 1 : limit - last;
      last = limit;
    }
  }
  return total;
}
