import { isDeepStrictEqual } from 'node:util';
import { type FieldError, fieldError } from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, isJsonObject } from '../json-object.ts';
import { nonNegativeErrors } from './validate-numbers.ts';
import { selectorErrors } from './validate-selector.ts';
import { templateErrors } from './validate-template.ts';

type Json = Record<string, unknown>;

const counts = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
];

/** Source: Kubernetes pkg/apis/batch/validation ValidateJob, ValidateJobUpdate. */
export function validateJob(spec: Json, oldSpec: Json | undefined): FieldError[] {
  const errors = [...jobErrors(spec, 'spec'), ...selectorErrors(spec['selector'], 'spec.selector')];
  return oldSpec === undefined ? errors : [...errors, ...changeErrors(spec, oldSpec)];
}

/** The rules of a job's spec, in a job or in a template. Source: validateJobSpec. */
export function jobErrors(spec: Json, path: string): FieldError[] {
  const policy = asJsonObject(asJsonObject(spec['template'])['spec'])['restartPolicy'];
  const errors = [
    ...counts.flatMap((field) => nonNegativeErrors(spec, field, path)),
    ...indexErrors(spec, path),
    ...failurePolicyErrors(spec, `${path}.podFailurePolicy`),
    ...successPolicyErrors(spec, `${path}.successPolicy`),
    ...templateErrors(spec['template'], `${path}.template`, ['OnFailure', 'Never']),
  ];
  for (const field of ['podFailurePolicy', 'backoffLimitPerIndex']) {
    if (spec[field] === undefined || policy !== 'OnFailure') continue;
    const detail = `only "Never" is supported when ${field} is specified`;
    errors.push(fieldError.invalid(`${path}.template.spec.restartPolicy`, policy, detail));
  }
  const replacement = spec['podReplacementPolicy'];
  if (spec['podFailurePolicy'] !== undefined && replacement !== undefined && replacement !== 'Failed')
    errors.push(fieldError.notSupported(`${path}.podReplacementPolicy`, replacement, ['Failed']));
  return errors;
}

const mostIndexedPods = 100_000;

function indexErrors(spec: Json, path: string): FieldError[] {
  const { completionMode, completions, parallelism, backoffLimitPerIndex, maxFailedIndexes } = spec;
  const errors: FieldError[] = [];
  if (maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined)
    errors.push(fieldError.required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
  if (completionMode !== 'Indexed') {
    for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes']) {
      if (spec[field] === undefined) continue;
      errors.push(fieldError.invalid(`${path}.${field}`, spec[field], 'requires indexed completion mode'));
    }
    return errors;
  }
  if (completions === undefined)
    errors.push(fieldError.required(`${path}.completions`, 'when completion mode is Indexed'));
  if (Number(parallelism) > mostIndexedPods) {
    const detail = `must be less than or equal to ${mostIndexedPods} when completion mode is Indexed`;
    errors.push(fieldError.invalid(`${path}.parallelism`, parallelism, detail));
  }
  if (Number(maxFailedIndexes) > Number(completions)) {
    const detail = 'must be less than or equal to completions';
    errors.push(fieldError.invalid(`${path}.maxFailedIndexes`, maxFailedIndexes, detail));
  }
  return errors;
}

const mostRules = 20;
const mostValues = 255;

/** Source: validatePodFailurePolicy. */
function failurePolicyErrors(spec: Json, path: string): FieldError[] {
  const rules = asJsonArray(asJsonObject(spec['podFailurePolicy'])['rules']);
  const errors: FieldError[] = [];
  if (rules.length > mostRules) errors.push(fieldError.tooMany(`${path}.rules`, rules.length, mostRules));
  const template = asJsonObject(asJsonObject(spec['template'])['spec']);
  const names = [...asJsonArray(template['containers']), ...asJsonArray(template['initContainers'])].map(
    (container) => asJsonObject(container)['name'],
  );
  for (const [index, rule] of rules.map(asJsonObject).entries()) {
    const at = `${path}.rules[${index}]`;
    const { action, onExitCodes } = rule;
    const onConditions = asJsonArray(rule['onPodConditions']);
    if (action === 'FailIndex' && spec['backoffLimitPerIndex'] === undefined)
      errors.push(fieldError.invalid(`${at}.action`, action, 'requires the backoffLimitPerIndex to be set'));
    if (isJsonObject(onExitCodes)) errors.push(...exitCodeErrors(onExitCodes, `${at}.onExitCodes`, names));
    const both = onExitCodes !== undefined && onConditions.length > 0;
    const neither = onExitCodes === undefined && onConditions.length === 0;
    if (both || neither) {
      const what = 'OnExitCodes and OnPodConditions';
      const detail = both
        ? `specifying both ${what} is not supported`
        : `specifying one of ${what} is required`;
      errors.push(fieldError.invalid(at, undefined, detail));
    }
  }
  return errors;
}

function exitCodeErrors(rule: Json, path: string, names: readonly unknown[]): FieldError[] {
  const { containerName, operator } = rule;
  const values = asJsonArray(rule['values']);
  const errors: FieldError[] = [];
  if (containerName !== undefined && !names.includes(containerName)) {
    const detail = 'must be one of the container or initContainer names in the pod template';
    errors.push(fieldError.invalid(`${path}.containerName`, containerName, detail));
  }
  if (values.length === 0) {
    errors.push(fieldError.invalid(`${path}.values`, values, 'at least one value is required'));
  } else if (values.length > mostValues) {
    errors.push(fieldError.tooMany(`${path}.values`, values.length, mostValues));
  }
  for (const [index, value] of values.entries()) {
    const at = `${path}.values[${index}]`;
    if (values.indexOf(value) < index) errors.push(fieldError.duplicate(at, value));
    if (value === 0 && operator === 'In')
      errors.push(fieldError.invalid(at, value, 'must not be 0 for the In operator'));
  }
  if (values.some((value, index) => Number(values[index - 1] ?? value) > Number(value)))
    errors.push(fieldError.invalid(`${path}.values`, values, 'must be ordered'));
  return errors;
}

/** Source: validateSuccessPolicy. */
function successPolicyErrors(spec: Json, path: string): FieldError[] {
  const policy = spec['successPolicy'];
  if (policy === undefined) return [];
  if (spec['completionMode'] !== 'Indexed')
    return [fieldError.invalid(path, policy, 'requires indexed completion mode')];
  const rules = asJsonArray(asJsonObject(policy)['rules']).map(asJsonObject);
  if (rules.length === 0) {
    const detail = 'at least one rules must be specified when the successPolicy is specified';
    return [fieldError.required(`${path}.rules`, detail)];
  }
  if (rules.length > mostRules) return [fieldError.tooMany(`${path}.rules`, rules.length, mostRules)];
  return rules.flatMap(({ succeededCount, succeededIndexes }, index) => {
    const at = `${path}.rules[${index}]`;
    if (succeededCount !== undefined || succeededIndexes !== undefined) return [];
    return [fieldError.required(at, 'at least one of succeededCount or succeededIndexes must be specified')];
  });
}

const fixed = [
  'selector',
  'template',
  'completionMode',
  'podFailurePolicy',
  'backoffLimitPerIndex',
  'managedBy',
  'successPolicy',
];

function changeErrors(spec: Json, oldSpec: Json): FieldError[] {
  return [
    ...completionsErrors(spec, oldSpec),
    ...fixed
      .filter((field) => !isDeepStrictEqual(spec[field], oldSpec[field]))
      .map((field) => fieldError.invalid(`spec.${field}`, spec[field] ?? null, 'field is immutable')),
  ];
}

/** Of an indexed job they may grow and shrink with its parallelism. Source: validateCompletions. */
function completionsErrors(spec: Json, oldSpec: Json): FieldError[] {
  const { completions, parallelism } = spec;
  if (completions === oldSpec['completions']) return [];
  const path = 'spec.completions';
  if (spec['completionMode'] !== 'Indexed')
    return [fieldError.invalid(path, completions ?? null, 'field is immutable')];
  if (completions === undefined || completions === parallelism) return [];
  return [fieldError.invalid(path, completions, 'can only be modified in tandem with spec.parallelism')];
}
