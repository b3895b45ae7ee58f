import { isDeepStrictEqual } from 'node:util';
import { type FieldError, fieldError, labelSelectorMatcher, SelectorError } from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, asText } from '../json-object.ts';
import { labelErrors } from './validate-metadata.ts';
import { nonNegativeErrors } from './validate-numbers.ts';
import { validatePodSpec } from './validate-pod-spec.ts';

type Json = Record<string, unknown>;

/** Deployments, replica sets, stateful sets and daemon sets. Source: Kubernetes pkg/apis/apps/validation. */
export function validateSelectedWorkload(kind: string, spec: Json, oldSpec: Json | undefined): FieldError[] {
  const errors = [
    ...nonNegativeErrors(spec, 'replicas', 'spec'),
    ...selectorErrors(kind, spec),
    ...templateErrors(withClaims(spec), 'spec.template', ['Always']),
  ];
  if (oldSpec === undefined) return errors;
  if (kind === 'StatefulSet') return [...errors, ...statefulSetChangeErrors(spec, oldSpec)];
  return [...errors, ...immutableErrors(spec, oldSpec, ['selector'])];
}

/** The template with the volumes that its pods get from volumeClaimTemplates: containers may mount those too. */
function withClaims(spec: Json): unknown {
  const claims = asJsonArray(spec['volumeClaimTemplates']);
  if (claims.length === 0) return spec['template'];
  const template = asJsonObject(spec['template']);
  const podSpec = asJsonObject(template['spec']);
  const volumes = asJsonArray(podSpec['volumes']);
  const known = new Set(volumes.map((volume) => asJsonObject(volume)['name']));
  const added = claims
    .map((claim) => asText(asJsonObject(asJsonObject(claim)['metadata'])['name']))
    .filter((name) => name !== undefined && !known.has(name))
    .map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  return { ...template, spec: { ...podSpec, volumes: [...volumes, ...added] } };
}

function selectorErrors(kind: string, spec: Json): FieldError[] {
  const selector = spec['selector'] === undefined ? undefined : asJsonObject(spec['selector']);
  const labels = asJsonObject(asJsonObject(asJsonObject(spec['template'])['metadata'])['labels']);
  if (selector !== undefined && isEmptySelector(selector)) {
    const owner = kind === 'ReplicaSet' ? 'deployment' : kind.toLowerCase();
    return [fieldError.invalid('spec.selector', selector, `empty selector is invalid for ${owner}`)];
  }
  try {
    const matches = labelSelectorMatcher(selector)(labels as Record<string, string>);
    return matches ? [] : [mismatch(labels)];
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error;
    return [fieldError.invalid('spec.selector', selector, 'invalid label selector')];
  }
}

function mismatch(labels: Json): FieldError {
  return fieldError.invalid(
    'spec.template.metadata.labels',
    labels,
    '`selector` does not match template `labels`',
  );
}

function isEmptySelector(selector: Json): boolean {
  return (
    Object.keys(asJsonObject(selector['matchLabels'])).length +
      asJsonArray(selector['matchExpressions']).length ===
    0
  );
}

/** A replication controller's selector is a plain map of labels. */
export function validateReplicationController(spec: Json): FieldError[] {
  const errors = nonNegativeErrors(spec, 'replicas', 'spec');
  const selector = Object.entries(asJsonObject(spec['selector']));
  const labels = asJsonObject(asJsonObject(asJsonObject(spec['template'])['metadata'])['labels']);
  if (selector.length === 0) errors.push(fieldError.required('spec.selector'));
  if (spec['template'] === undefined) return [...errors, fieldError.required('spec.template')];
  if (!selector.every(([key, value]) => labels[key] === value)) errors.push(mismatch(labels));
  return [...errors, ...templateErrors(spec['template'], 'spec.template', ['Always'])];
}

/** Source: pkg/apis/batch/validation. */
export function validateJob(spec: Json, oldSpec: Json | undefined): FieldError[] {
  const errors = [
    ...['parallelism', 'completions', 'backoffLimit'].flatMap((field) =>
      nonNegativeErrors(spec, field, 'spec'),
    ),
    ...templateErrors(spec['template'], 'spec.template', ['OnFailure', 'Never']),
  ];
  if (oldSpec === undefined) return errors;
  return [
    ...errors,
    ...immutableErrors(spec, oldSpec, ['completions', 'selector', 'template', 'completionMode']),
  ];
}

export function validateCronJob(spec: Json): FieldError[] {
  const template = asJsonObject(asJsonObject(spec['jobTemplate'])['spec'])['template'];
  return [
    ...scheduleErrors(asText(spec['schedule'])),
    ...templateErrors(template, 'spec.jobTemplate.spec.template', ['OnFailure', 'Never']),
  ];
}

function scheduleErrors(schedule: string | undefined): FieldError[] {
  if (schedule === undefined || schedule.startsWith('@')) return [];
  const fields = schedule.trim().split(/\s+/);
  if (fields.length === 5) return [];
  const detail = `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`;
  return [fieldError.invalid('spec.schedule', schedule, detail)];
}

function templateErrors(value: unknown, path: string, restartPolicies: readonly string[]): FieldError[] {
  const template = asJsonObject(value);
  const spec = asJsonObject(template['spec']);
  const errors = [
    ...labelErrors(asJsonObject(template['metadata'])['labels'], `${path}.labels`),
    ...validatePodSpec(spec, `${path}.spec`),
  ];
  const policy = asText(spec['restartPolicy']);
  if (policy !== undefined && !restartPolicies.includes(policy)) {
    errors.push(fieldError.notSupported(`${path}.spec.restartPolicy`, policy, restartPolicies));
  }
  return errors;
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

function immutableErrors(spec: Json, oldSpec: Json, fields: readonly string[]): FieldError[] {
  return fields
    .filter((field) => !isDeepStrictEqual(spec[field], oldSpec[field]))
    .map((field) => fieldError.invalid(`spec.${field}`, spec[field], 'field is immutable'));
}
