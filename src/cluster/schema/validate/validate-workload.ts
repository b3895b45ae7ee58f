import { isDeepStrictEqual } from 'node:util';
import {
  dns1123LabelErrors,
  type FieldError,
  fieldError,
  type LabelSelector,
  labelSelectorMatcher,
  SelectorError,
} from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, asText, isJsonObject } from '../json-object.ts';
import { claimSpec } from './storage/validate-claim.ts';
import { nonNegativeErrors } from './validate-numbers.ts';
import {
  daemonSetStrategyErrors,
  deploymentStrategyErrors,
  statefulSetStrategyErrors,
} from './validate-rollout.ts';
import { selectorErrors } from './validate-selector.ts';
import { templateErrors, templateMetadataErrors } from './validate-template.ts';

type Json = Record<string, unknown>;

/** Source: Kubernetes pkg/apis/apps/validation ValidateDeploymentSpec. */
export function validateDeployment(spec: Json, oldSpec: Json | undefined): FieldError[] {
  return [
    ...nonNegativeErrors(spec, 'replicas', 'spec'),
    ...selectionErrors(spec, 'deployment', 'invalid label selector'),
    ...replicatedErrors(spec),
    ...deploymentStrategyErrors(asJsonObject(spec['strategy']), 'spec.strategy'),
    ...nonNegativeErrors(spec, 'minReadySeconds', 'spec'),
    ...nonNegativeErrors(spec, 'revisionHistoryLimit', 'spec'),
    ...progressErrors(spec),
    ...selectorChangeErrors(spec, oldSpec),
  ];
}

function progressErrors(spec: Json): FieldError[] {
  const { progressDeadlineSeconds: deadline, minReadySeconds = 0 } = spec;
  const errors = nonNegativeErrors(spec, 'progressDeadlineSeconds', 'spec');
  if (typeof deadline !== 'number' || deadline > Number(minReadySeconds)) return errors;
  const detail = 'must be greater than minReadySeconds';
  return [...errors, fieldError.invalid('spec.progressDeadlineSeconds', deadline, detail)];
}

/** Source: ValidateReplicaSetSpec, which calls it a deployment. */
export function validateReplicaSet(spec: Json, oldSpec: Json | undefined): FieldError[] {
  return [
    ...nonNegativeErrors(spec, 'replicas', 'spec'),
    ...nonNegativeErrors(spec, 'minReadySeconds', 'spec'),
    ...selectionErrors(spec, 'deployment', 'invalid label selector'),
    ...replicatedErrors(spec),
    ...selectorChangeErrors(spec, oldSpec),
  ];
}

/** The template, where the selector is one. Source: ValidatePodTemplateSpecForReplicaSet. */
function replicatedErrors(spec: Json): FieldError[] {
  if (matches(spec) === undefined) return [];
  return [
    ...mismatchErrors(spec),
    ...templateErrors(spec['template'], 'spec.template', ['Always']),
    ...deadlineErrors(spec, 'ReplicaSet'),
  ];
}

/** Source: ValidateDaemonSetSpec. */
export function validateDaemonSet(spec: Json, oldSpec: Json | undefined): FieldError[] {
  return [
    ...selectorChangeErrors(spec, oldSpec),
    ...selectorErrors(spec['selector'], 'spec.selector'),
    ...mismatchErrors(spec),
    ...emptySelectorErrors(spec['selector'], 'daemonset'),
    ...templateErrors(spec['template'], 'spec.template', ['Always']),
    ...deadlineErrors(spec, 'DaemonSet'),
    ...nonNegativeErrors(spec, 'minReadySeconds', 'spec'),
    ...daemonSetStrategyErrors(asJsonObject(spec['updateStrategy']), 'spec.updateStrategy'),
    ...nonNegativeErrors(spec, 'revisionHistoryLimit', 'spec'),
  ];
}

/** Source: ValidateStatefulSetSpec, ValidateStatefulSetUpdate. */
export function validateStatefulSet(spec: Json, oldSpec: Json | undefined): FieldError[] {
  const claims = asJsonArray(spec['volumeClaimTemplates']).map(asJsonObject);
  const template = asJsonObject(spec['template']);
  const isSelector = matches(spec) !== undefined;
  return [
    ...statefulSetStrategyErrors(spec),
    // Claims cannot be changed: what older servers took stays.
    ...(oldSpec === undefined ? claims.flatMap(claimErrors) : []),
    ...nonNegativeErrors(spec, 'replicas', 'spec'),
    ...nonNegativeErrors(spec, 'minReadySeconds', 'spec'),
    ...nonNegativeErrors(asJsonObject(spec['ordinals']), 'start', 'spec.ordinals'),
    ...(oldSpec === undefined ? serviceNameErrors(spec) : []),
    ...selectionErrors(spec, 'statefulset', ''),
    ...(isSelector ? mismatchErrors(spec) : []),
    ...(isSelector ? templateErrors(asSetStarts(template, claims), 'spec.template', []) : []),
    ...(isSelector ? templateMetadataErrors(template, 'spec.template') : []),
    ...restartErrors(template),
    ...deadlineErrors(spec, 'StatefulSet'),
    ...(oldSpec === undefined ? [] : statefulSetChangeErrors(spec, oldSpec)),
  ];
}

function claimErrors(claim: Json, index: number): FieldError[] {
  return claimSpec(asJsonObject(claim['spec']), `spec.volumeClaimTemplates[${index}].spec`);
}

function serviceNameErrors({ serviceName }: Json): FieldError[] {
  const name = asText(serviceName);
  const problems = name === undefined ? [] : dns1123LabelErrors(name);
  return problems.map((problem) => fieldError.invalid('spec.serviceName', serviceName, problem));
}

function restartErrors(template: Json): FieldError[] {
  const { restartPolicy = '' } = asJsonObject(template['spec']);
  return restartPolicy === 'Always'
    ? []
    : [fieldError.notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always'])];
}

/** The template as the set makes pods of it: their names are its own, and their volumes begin with those of its claims. */
function asSetStarts(template: Json, claims: readonly Json[]): Json {
  const { hostname: _, subdomain: __, ...podSpec } = asJsonObject(template['spec']);
  if (claims.length === 0) return { ...template, spec: podSpec };
  const names = new Set(claims.map((claim) => asText(asJsonObject(claim['metadata'])['name']) ?? ''));
  const own = [...names].map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  const others = asJsonArray(podSpec['volumes']).filter(
    (volume) => !names.has(String(asJsonObject(volume)['name'])),
  );
  return { ...template, spec: { ...podSpec, volumes: [...own, ...others] } };
}

/** These pods run until they are taken away. */
function deadlineErrors(spec: Json, owner: string): FieldError[] {
  if (asJsonObject(asJsonObject(spec['template'])['spec'])['activeDeadlineSeconds'] === undefined) return [];
  const detail = `activeDeadlineSeconds in ${owner} is not Supported`;
  return [fieldError.forbidden('spec.template.spec.activeDeadlineSeconds', detail)];
}

/** @param detail of a selector that is none */
function selectionErrors(spec: Json, owner: string, detail: string): FieldError[] {
  const { selector } = spec;
  if (!isJsonObject(selector)) return [fieldError.required('spec.selector')];
  return [
    ...selectorErrors(selector, 'spec.selector'),
    ...emptySelectorErrors(selector, owner),
    ...(matches(spec) === undefined ? [fieldError.invalid('spec.selector', selector, detail)] : []),
  ];
}

function emptySelectorErrors(selector: unknown, owner: string): FieldError[] {
  if (!isJsonObject(selector)) return [];
  const { matchLabels, matchExpressions } = selector;
  const size = Object.keys(asJsonObject(matchLabels)).length + asJsonArray(matchExpressions).length;
  if (size > 0) return [];
  return [fieldError.invalid('spec.selector', selector, `empty selector is invalid for ${owner}`)];
}

/** Whether the selector finds the template's pods; undefined when it is no selector. None finds nothing. */
function matches({ selector, template }: Json): boolean | undefined {
  const labels = asJsonObject(asJsonObject(asJsonObject(template)['metadata'])['labels']);
  try {
    return labelSelectorMatcher((selector ?? undefined) as LabelSelector | undefined)(
      labels as Record<string, string>,
    );
  } catch (error) {
    if (error instanceof SelectorError) return undefined;
    throw error;
  }
}

function mismatchErrors(spec: Json): FieldError[] {
  return matches(spec) === false ? [mismatch(spec['template'])] : [];
}

function mismatch(template: unknown): FieldError {
  const { labels = null } = asJsonObject(asJsonObject(template)['metadata']);
  const detail = '`selector` does not match template `labels`';
  return fieldError.invalid('spec.template.metadata.labels', labels, detail);
}

/** A replication controller's selector is a plain map of labels. Source: ValidateReplicationControllerSpec. */
export function validateReplicationController(spec: Json): FieldError[] {
  const selector = Object.entries(asJsonObject(spec['selector']));
  const labels = asJsonObject(asJsonObject(asJsonObject(spec['template'])['metadata'])['labels']);
  const isFound = selector.every(([key, value]) => labels[key] === value);
  return [
    ...nonNegativeErrors(spec, 'minReadySeconds', 'spec'),
    ...(selector.length === 0 ? [fieldError.required('spec.selector')] : []),
    ...nonNegativeErrors(spec, 'replicas', 'spec'),
    ...(isJsonObject(spec['template'])
      ? [
          ...(isFound ? [] : [mismatch(spec['template'])]),
          ...templateErrors(spec['template'], 'spec.template', ['Always']),
          ...deadlineErrors(spec, 'ReplicationController'),
        ]
      : [fieldError.required('spec.template')]),
  ];
}

const statefulSetMutable = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

function statefulSetChangeErrors(spec: Json, oldSpec: Json): FieldError[] {
  const fixed = (of: Json) => Object.entries(of).filter(([field]) => !statefulSetMutable.includes(field));
  if (isDeepStrictEqual(Object.fromEntries(fixed(spec)), Object.fromEntries(fixed(oldSpec)))) return [];
  const names = statefulSetMutable.map((field) => `'${field}'`);
  const list = `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
  return [
    fieldError.forbidden('spec', `updates to statefulset spec for fields other than ${list} are forbidden`),
  ];
}

function selectorChangeErrors({ selector }: Json, oldSpec: Json | undefined): FieldError[] {
  if (oldSpec === undefined || isDeepStrictEqual(selector, oldSpec['selector'])) return [];
  return [fieldError.invalid('spec.selector', selector, 'field is immutable')];
}
