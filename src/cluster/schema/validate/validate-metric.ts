import {
  dns1123LabelErrors,
  type FieldError,
  fieldError,
  pathSegmentNameErrors,
} from '../../../kube/index.ts';
import { asJsonObject } from '../json-object.ts';
import { compareQuantities } from '../quantity.ts';
import { all, formed, member, type Rule, required } from './rules.ts';
import { containerResourceNameErrors } from './validate-resources.ts';

type Json = Record<string, unknown>;

type TargetRule = (target: Json, path: string) => FieldError[];

/** Sources in the order in which Kubernetes looks for them: what type they are of, and what each must say. */
const sources: Readonly<Record<string, { readonly type: string; readonly rule: Rule }>> = {
  object: {
    type: 'Object',
    rule: all(member('describedObject', referenceErrors), named('metric'), aims(objectTargetErrors)),
  },
  external: { type: 'External', rule: all(named('metric'), aims(externalTargetErrors)) },
  pods: { type: 'Pods', rule: all(named('metric'), aims(podsTargetErrors)) },
  resource: {
    type: 'Resource',
    rule: all(required('name', 'must specify a resource name'), aims(resourceTargetErrors)),
  },
  containerResource: {
    type: 'ContainerResource',
    rule: all(
      required('name', 'must specify a resource name'),
      ({ name = '' }, path) => (name === '' ? [] : containerResourceNameErrors(String(name), `${path}.name`)),
      required('container', 'must specify a container'),
      formed('container', dns1123LabelErrors),
      aims(resourceTargetErrors),
    ),
  },
};
const types = Object.values(sources)
  .map(({ type }) => type)
  .sort();

/** One metric of an autoscaler. Source: Kubernetes pkg/apis/autoscaling/validation validateMetricSpec. */
export function metricErrors(metric: Json, path: string): FieldError[] {
  const { type = '' } = metric;
  const present = Object.entries(sources).filter(([field]) => metric[field] !== undefined);
  const [wanted] = Object.entries(sources).find(([, source]) => source.type === type) ?? [];
  const [first] = present;
  const unknown = wanted === undefined ? [fieldError.notSupported(`${path}.type`, type, types)] : [];
  const detail = 'must populate information for the given metric source';
  return [
    ...(type === '' ? [fieldError.required(`${path}.type`, 'must specify a metric source type')] : []),
    ...unknown,
    ...(first === undefined ? [] : first[1].rule(asJsonObject(metric[first[0]]), `${path}.${first[0]}`)),
    ...(wanted !== undefined && metric[wanted] === undefined
      ? [fieldError.required(`${path}.${wanted}`, detail)]
      : []),
    ...unknown,
    ...(present.length === 1 ? [] : othersErrors(present, wanted, path)),
  ];
}

function othersErrors(
  present: readonly (readonly [string, unknown])[],
  wanted: string | undefined,
  path: string,
): FieldError[] {
  const detail = 'must populate the given metric source only';
  return present
    .filter(([field]) => field !== wanted)
    .map(([field]) => fieldError.forbidden(`${path}.${field}`, detail));
}

/** An object of any group. Source: ValidateCrossVersionObjectReference. */
export function referenceErrors(reference: Json, path: string): FieldError[] {
  return ['kind', 'name'].flatMap((field) => segmentErrors(reference, field, path));
}

function segmentErrors(object: Json, field: string, path: string, detail = ''): FieldError[] {
  return all(required(field, detail), formed(field, pathSegmentNameErrors))(object, path);
}

/** Source: validateMetricIdentifier. */
function named(field: string): Rule {
  return ({ [field]: identifier }, path) =>
    segmentErrors(asJsonObject(identifier), 'name', `${path}.${field}`, 'must specify a metric name');
}

/** The target, and what a source of this kind needs of it. */
function aims(rule: TargetRule): Rule {
  return ({ target }, path) => [
    ...targetErrors(asJsonObject(target), `${path}.target`),
    ...rule(asJsonObject(target), `${path}.target`),
  ];
}

const targetTypes: ReadonlySet<unknown> = new Set(['Utilization', 'Value', 'AverageValue']);

/** Source: validateMetricTarget. */
function targetErrors(target: Json, path: string): FieldError[] {
  const { averageUtilization, type = '' } = target;
  const errors: FieldError[] = [];
  if (type === '') errors.push(fieldError.required(`${path}.type`, 'must specify a metric target type'));
  if (!targetTypes.has(type)) {
    const detail = 'must be either Utilization, Value, or AverageValue';
    errors.push(fieldError.invalid(`${path}.type`, type, detail));
  }
  for (const field of ['value', 'averageValue']) {
    if (target[field] !== undefined && compareQuantities(String(target[field]), '0') <= 0)
      errors.push(fieldError.invalid(`${path}.${field}`, target[field], 'must be positive'));
  }
  if (averageUtilization !== undefined && Number(averageUtilization) < 1) {
    const at = `${path}.averageUtilization`;
    errors.push(fieldError.invalid(at, averageUtilization, 'must be greater than 0'));
  }
  return errors;
}

/** Source: validateResourceSource, validateContainerResourceSource. */
function resourceTargetErrors({ averageUtilization, averageValue }: Json, path: string): FieldError[] {
  if (averageUtilization === undefined && averageValue === undefined) {
    const detail = 'must set either a target raw value or a target utilization';
    return [fieldError.required(`${path}.averageUtilization`, detail)];
  }
  if (averageUtilization === undefined || averageValue === undefined) return [];
  const detail = 'may not set both a target raw value and a target utilization';
  return [fieldError.forbidden(`${path}.averageValue`, detail)];
}

/** Source: validatePodsSource. */
function podsTargetErrors({ averageValue }: Json, path: string): FieldError[] {
  const detail = 'must specify a positive target averageValue';
  return averageValue === undefined ? [fieldError.required(`${path}.averageValue`, detail)] : [];
}

/** Source: validateObjectSource. */
function objectTargetErrors({ value, averageValue }: Json, path: string): FieldError[] {
  const detail = 'must set either a target value or averageValue';
  const isMissing = value === undefined && averageValue === undefined;
  return isMissing ? [fieldError.required(`${path}.averageValue`, detail)] : [];
}

/** Source: validateExternalSource. */
function externalTargetErrors({ value, averageValue }: Json, path: string): FieldError[] {
  if (value === undefined && averageValue === undefined) {
    const detail = 'must set either a target value for metric or a per-pod target';
    return [fieldError.required(`${path}.averageValue`, detail)];
  }
  if (value === undefined || averageValue === undefined) return [];
  const detail = 'may not set both a target value for metric and a per-pod target';
  return [fieldError.forbidden(`${path}.value`, detail)];
}
