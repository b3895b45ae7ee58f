import { isDeepStrictEqual } from 'node:util';
import {
  dns1123LabelErrors,
  type FieldError,
  fieldError,
  labelSelectorMatcher,
  SelectorError,
} from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, asText } from '../json-object.ts';
import { nonNegativeErrors } from './validate-numbers.ts';
import { rolloutRules } from './validate-rollout.ts';
import { selectorErrors } from './validate-selector.ts';
import { templateErrors } from './validate-template.ts';

type Json = Record<string, unknown>;

/** Deployments, replica sets, stateful sets and daemon sets. Source: Kubernetes pkg/apis/apps/validation. */
export function validateSelectedWorkload(kind: string, spec: Json, oldSpec: Json | undefined): FieldError[] {
  const errors = [
    ...counts.flatMap((field) => nonNegativeErrors(spec, field, 'spec')),
    ...selectorErrors(spec['selector'], 'spec.selector'),
    ...selectionErrors(kind, spec),
    ...templateErrors(withClaims(spec), 'spec.template', ['Always']),
    ...deadlineErrors(kind, asJsonObject(asJsonObject(spec['template'])['spec'])),
    ...(rolloutRules[kind]?.(spec) ?? []),
  ];
  if (oldSpec === undefined) return kind === 'StatefulSet' ? [...errors, ...serviceNameErrors(spec)] : errors;
  if (kind === 'StatefulSet') return [...errors, ...statefulSetChangeErrors(spec, oldSpec)];
  return [...errors, ...immutableErrors(spec, oldSpec, ['selector'])];
}

/** Only of new ones: it can't be changed, and older servers took any. */
function serviceNameErrors({ serviceName }: Json): FieldError[] {
  const problems =
    typeof serviceName === 'string' && serviceName !== '' ? dns1123LabelErrors(serviceName) : [];
  return problems.map((problem) => fieldError.invalid('spec.serviceName', serviceName, problem));
}

const counts = ['replicas', 'minReadySeconds', 'revisionHistoryLimit'];

/** These pods run until they are taken away. */
function deadlineErrors(kind: string, podSpec: Json): FieldError[] {
  if (podSpec['activeDeadlineSeconds'] === undefined) return [];
  const owner = kind === 'Deployment' ? 'ReplicaSet' : kind;
  const detail = `activeDeadlineSeconds in ${owner} is not Supported`;
  return [fieldError.forbidden('spec.template.spec.activeDeadlineSeconds', detail)];
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

function selectionErrors(kind: string, spec: Json): FieldError[] {
  const selector = spec['selector'] == null ? undefined : asJsonObject(spec['selector']);
  const labels = asJsonObject(asJsonObject(asJsonObject(spec['template'])['metadata'])['labels']);
  if (selector !== undefined && isEmptySelector(selector)) {
    const owner = kind === 'ReplicaSet' ? 'deployment' : kind.toLowerCase();
    return [fieldError.invalid('spec.selector', selector, `empty selector is invalid for ${owner}`)];
  }
  if (selector === undefined) return [fieldError.required('spec.selector'), mismatch(labels)];
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
