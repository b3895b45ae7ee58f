import { type FieldError, fieldError, labelKeyErrors } from '../../../kube/index.ts';
import { asJsonArray, asJsonObject } from '../json-object.ts';
import { type ResourceList, resourceList } from '../pod-resources.ts';
import { compareQuantities, quantityRatio } from '../quantity.ts';
import { resourceNameErrors } from './resource-names.ts';
import { invalidFor } from './rules.ts';
import { containerResourceNameErrors, isOvercommitted } from './validate-resources.ts';

type Json = Record<string, unknown>;

const sides = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const;
type Side = (typeof sides)[number];

/** Source: Kubernetes pkg/apis/core/validation ValidateLimitRange. */
export function validateLimitRange(spec: Json): FieldError[] {
  const seen = new Set<unknown>();
  return asJsonArray(spec['limits']).flatMap((each, index) => {
    const item = asJsonObject(each);
    const path = `spec.limits[${index}]`;
    const errors = seen.has(item['type']) ? [fieldError.duplicate(`${path}.type`, item['type'])] : [];
    seen.add(item['type']);
    return [...typeErrors(item['type'] ?? '', `${path}.type`), ...errors, ...itemErrors(item, path)];
  });
}

const types = ['Pod', 'Container', 'PersistentVolumeClaim'];

function typeErrors(type: unknown, path: string): FieldError[] {
  const errors = invalidFor(type, path, labelKeyErrors);
  if (errors.length > 0 || types.includes(String(type)) || String(type).includes('/')) return errors;
  return [fieldError.invalid(path, type, 'must be a standard limit type or fully qualified')];
}

function itemErrors(item: Json, path: string): FieldError[] {
  const lists = Object.fromEntries(sides.map((side) => [side, resourceList(item[side])])) as Record<
    Side,
    ResourceList
  >;
  const isPod = item['type'] === 'Pod';
  const nameErrors = isPod || item['type'] === 'Container' ? containerResourceNameErrors : resourceNameErrors;
  const errors: FieldError[] = [];
  for (const side of sides) {
    const names = Object.keys(lists[side]);
    if (isPod && side.startsWith('default')) {
      if (names.length > 0)
        errors.push(fieldError.forbidden(`${path}.${side}`, "may not be specified when `type` is 'Pod'"));
      continue;
    }
    errors.push(...names.flatMap((name) => nameErrors(name, `${path}.${side}[${name}]`)));
  }
  if (item['type'] === 'PersistentVolumeClaim' && !(lists.min['storage'] ?? lists.max['storage'])) {
    const detail = 'either minimum or maximum storage value is required, but neither was provided';
    errors.push(fieldError.required(`${path}.limits`, detail));
  }
  const names = new Set(
    sides.filter((side) => !isPod || !side.startsWith('default')).flatMap((side) => Object.keys(lists[side])),
  );
  return [...errors, ...[...names].toSorted().flatMap((name) => orderErrors(lists, name, path))];
}

/** Pairs of which the first must not be above the second; where it is told, with the value and the words it is told in. */
const orders = [
  ['min', 'max', 'min', 'min', 'min value', 'max value'],
  ['min', 'defaultRequest', 'defaultRequest', 'defaultRequest', 'min value', 'default request value'],
  ['defaultRequest', 'max', 'defaultRequest', 'defaultRequest', 'default request value', 'max value'],
  [
    'defaultRequest',
    'default',
    'defaultRequest',
    'defaultRequest',
    'default request value',
    'default limit value',
  ],
  ['min', 'default', 'default', 'min', 'min value', 'default value'],
  ['default', 'max', 'default', 'max', 'default value', 'max value'],
] as const;

function orderErrors(lists: Readonly<Record<Side, ResourceList>>, name: string, path: string): FieldError[] {
  const errors = orders.flatMap(([below, above, at, value, lower, upper]) => {
    const [low, high] = [lists[below][name], lists[above][name]];
    if (low === undefined || high === undefined || compareQuantities(low, high) <= 0) return [];
    const detail = `${lower} ${low} is greater than ${upper} ${high}`;
    return [fieldError.invalid(`${path}.${at}[${name}]`, lists[value][name], detail)];
  });
  return [...errors, ...ratioErrors(lists, name, path), ...deviceErrors(lists, name, path)];
}

/** There is no more of a device than is asked for. */
function deviceErrors(lists: Readonly<Record<Side, ResourceList>>, name: string, path: string): FieldError[] {
  const [limit, request] = [lists.default[name], lists.defaultRequest[name]];
  if (isOvercommitted(name) || limit === undefined || request === undefined) return [];
  if (compareQuantities(limit, request) === 0) return [];
  const detail = `default value ${limit} must equal to defaultRequest value ${request} in ${name}`;
  return [fieldError.invalid(`${path}.defaultRequest[${name}]`, request, detail)];
}

function ratioErrors(lists: Readonly<Record<Side, ResourceList>>, name: string, path: string): FieldError[] {
  const ratio = lists.maxLimitRequestRatio[name];
  if (ratio === undefined) return [];
  const at = `${path}.maxLimitRequestRatio[${name}]`;
  if (compareQuantities(ratio, '1') < 0)
    return [fieldError.invalid(at, ratio, `ratio ${ratio} is less than 1`)];
  const [min, max] = [lists.min[name], lists.max[name]];
  if (min === undefined || max === undefined) return [];
  const widest = quantityRatio(max, min);
  if (quantityRatio(ratio, '1') <= widest) return [];
  return [fieldError.invalid(at, ratio, `ratio ${ratio} is greater than max/min = ${widest.toFixed(6)}`)];
}
