import { isDeepStrictEqual } from 'node:util';
import {
  type FieldError,
  fieldError,
  type LabelSelector,
  labelSelectorMatcher,
} from '../../../kube/index.ts';
import type { KubeObject } from '../../resources/index.ts';
import { goInternal } from '../go-internal.ts';
import { asJsonObject } from '../json-object.ts';
import { oneOf } from './rules.ts';
import { failurePolicyErrors, successPolicyErrors } from './validate-job-policies.ts';
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
export function validateJob(job: KubeObject, oldJob: KubeObject | undefined): FieldError[] {
  const spec = asJsonObject(job['spec']);
  const errors = [...jobErrors(spec, 'spec'), ...selectionErrors(spec)];
  return oldJob === undefined ? errors : [...errors, ...changeErrors(spec, oldJob)];
}

/** One that was left out has been made before, unless the author manages it. */
function selectionErrors({ selector, template, manualSelector }: Json): FieldError[] {
  if (selector === undefined && manualSelector !== true) return [];
  const { labels } = asJsonObject(asJsonObject(template)['metadata']);
  const errors =
    selector === undefined
      ? [fieldError.required('spec.selector')]
      : selectorErrors(selector, 'spec.selector');
  if (errors.length > 0 && selector !== undefined) return errors;
  const matches = labelSelectorMatcher(selector as LabelSelector | undefined);
  if (matches(asJsonObject(labels) as Record<string, string>)) return errors;
  const detail = '`selector` does not match template `labels`';
  return [...errors, fieldError.invalid('spec.template.metadata.labels', labels ?? null, detail)];
}

const mode = oneOf('completionMode', ['NonIndexed', 'Indexed']);

/** The rules of a job's spec, in a job or in a template. Source: validateJobSpec. */
export function jobErrors(spec: Json, path: string): FieldError[] {
  return [
    ...counts.flatMap((field) => nonNegativeErrors(spec, field, path)),
    ...mode(spec, path),
    ...indexErrors(spec, path),
    ...failurePolicyErrors(spec, `${path}.podFailurePolicy`),
    ...successPolicyErrors(spec, `${path}.successPolicy`),
    ...replacementErrors(spec, path),
    ...templateErrors(spec['template'], `${path}.template`, []),
    ...restartErrors(spec, `${path}.template.spec.restartPolicy`),
  ];
}

/** Source: validatePodReplacementPolicy. */
function replacementErrors(spec: Json, path: string): FieldError[] {
  const words = spec['podFailurePolicy'] === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed'];
  return oneOf('podReplacementPolicy', words)(spec, path);
}

function restartErrors(spec: Json, path: string): FieldError[] {
  const { restartPolicy = '' } = asJsonObject(asJsonObject(spec['template'])['spec']);
  if (restartPolicy === 'Always' || restartPolicy === '')
    return [fieldError.required(path, 'valid values: "OnFailure", "Never"')];
  if (restartPolicy !== 'OnFailure' && restartPolicy !== 'Never')
    return [fieldError.notSupported(path, restartPolicy, ['OnFailure', 'Never'])];
  if (spec['podFailurePolicy'] === undefined || restartPolicy === 'Never') return [];
  const detail = 'only "Never" is supported when podFailurePolicy is specified';
  return [fieldError.invalid(path, restartPolicy, detail)];
}

const mostIndexedPods = 100_000;

function indexErrors(spec: Json, path: string): FieldError[] {
  const { completionMode, completions, parallelism, backoffLimitPerIndex, maxFailedIndexes } = spec;
  const errors: FieldError[] = [];
  if (maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined)
    errors.push(fieldError.required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
  if (completionMode === undefined || completionMode === 'NonIndexed') {
    for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes']) {
      if (spec[field] === undefined) continue;
      errors.push(fieldError.invalid(`${path}.${field}`, spec[field], 'requires indexed completion mode'));
    }
    return errors;
  }
  if (completionMode !== 'Indexed') return errors;
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

const fixed = [
  'selector',
  'completionMode',
  'podFailurePolicy',
  'backoffLimitPerIndex',
  'managedBy',
  'successPolicy',
];

function changeErrors(spec: Json, oldJob: KubeObject): FieldError[] {
  const oldSpec = asJsonObject(oldJob['spec']);
  const template = asJsonObject(spec['template']);
  const isOpen = oldSpec['suspend'] === true && asJsonObject(oldJob['status'])['startTime'] === undefined;
  const oldTemplate = asJsonObject(oldSpec['template']);
  const before = isOpen ? withDirectives(oldTemplate, template) : oldTemplate;
  return [
    ...completionsErrors(spec, oldSpec),
    ...(isDeepStrictEqual(template, before)
      ? []
      : [fieldError.invalid('spec.template', goInternal(templateSchema, template), 'field is immutable')]),
    ...fixed
      .filter((field) => !isDeepStrictEqual(spec[field], oldSpec[field]))
      .map((field) => fieldError.invalid(`spec.${field}`, spec[field] ?? null, 'field is immutable')),
  ];
}

const templateSchema = 'io.k8s.api.core.v1.PodTemplateSpec';

/** Where the pods of a job that has not begun may go can still be changed. Source: validatePodTemplateUpdate. */
function withDirectives(oldTemplate: Json, template: Json): Json {
  const [metadata, spec] = [asJsonObject(template['metadata']), asJsonObject(template['spec'])];
  const { nodeAffinity } = asJsonObject(spec['affinity']);
  const { nodeAffinity: _, ...others } = asJsonObject(asJsonObject(oldTemplate['spec'])['affinity']);
  const affinity = nodeAffinity === undefined ? others : { nodeAffinity, ...others };
  const isBare = spec['affinity'] === undefined && Object.keys(affinity).length === 0;
  return {
    ...oldTemplate,
    metadata: taken(asJsonObject(oldTemplate['metadata']), metadata, ['labels', 'annotations']),
    spec: {
      ...taken(asJsonObject(oldTemplate['spec']), spec, [
        'affinity',
        'nodeSelector',
        'tolerations',
        'schedulingGates',
      ]),
      ...(isBare ? {} : { affinity }),
    },
  };
}

function taken(to: Json, from: Json, fields: readonly string[]): Json {
  const rest = Object.entries(to).filter(([field]) => !fields.includes(field));
  const given = Object.entries(from).filter(([field]) => fields.includes(field));
  return Object.fromEntries([...rest, ...given]);
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
