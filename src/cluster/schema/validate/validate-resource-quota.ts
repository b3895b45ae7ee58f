import { isDeepStrictEqual } from 'node:util';
import { type FieldError, fieldError } from '../../../kube/index.ts';
import { goInternal } from '../go-internal.ts';
import { asJsonArray, asJsonObject } from '../json-object.ts';
import { resourceList } from '../pod-resources.ts';
import { canonicalQuantity } from '../quantity.ts';
import { isStandardQuotaResource, quotaResourceNameErrors } from './resource-names.ts';

type Json = Record<string, unknown>;

/** Source: Kubernetes pkg/apis/core/validation ValidateResourceQuotaSpec, ValidateResourceQuotaUpdate. */
export function validateResourceQuota(spec: Json, oldSpec: Json | undefined): FieldError[] {
  const hard = resourceList(spec['hard']);
  const names = Object.keys(hard).toSorted();
  const scopes = asJsonArray(spec['scopes']).map(String);
  const errors = quotaAmountErrors(spec['hard'], 'spec.hard');
  errors.push(...scopeErrors(scopes, scopes, names, 'spec.scopes'), ...selectorErrors(spec, names));
  const sorted = (each: Json) => [...new Set(asJsonArray(each['scopes']).map(String))].toSorted();
  if (oldSpec !== undefined && !isDeepStrictEqual(sorted(spec), sorted(oldSpec))) {
    errors.push(fieldError.invalid('spec.scopes', spec['scopes'] ?? null, 'field is immutable'));
  }
  return errors;
}

/** How much there may be, or is, of what. Source: ValidateResourceQuotaResourceName, ValidateResourceQuantityValue. */
export function quotaAmountErrors(value: unknown, path: string): FieldError[] {
  const amounts = resourceList(value);
  return Object.keys(amounts)
    .toSorted()
    .flatMap((name) => {
      const place = `${path}[${name}]`;
      const amount = canonicalQuantity(amounts[name] ?? '');
      const errors = quotaResourceNameErrors(name, place);
      if (amount.startsWith('-'))
        errors.push(fieldError.invalid(place, amount, 'must be greater than or equal to 0'));
      if (isCounted(name) && /[mun]$/.test(amount))
        errors.push(fieldError.invalid(place, amount, 'must be an integer'));
      return errors;
    });
}

/** What there is a whole number of. Source: pkg/apis/core/helper IsIntegerResourceName. */
function isCounted(name: string): boolean {
  return counted.has(name) || (name.includes('/') && !name.includes('kubernetes.io/'));
}

const counted: ReadonlySet<string> = new Set([
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]);

/** @param shown the value that is told */
function scopeErrors(
  scopes: readonly string[],
  shown: unknown,
  names: readonly string[],
  path: string,
): FieldError[] {
  const errors = scopes.flatMap((scope) => [
    ...(scopeResources.has(scope) ? [] : [fieldError.invalid(path, shown, 'unsupported scope')]),
    ...misapplied(scope, names).map(() =>
      fieldError.invalid(path, shown, 'unsupported scope applied to resource'),
    ),
  ]);
  return [...errors, ...conflicts(scopes, shown, path)];
}

function selectorErrors(spec: Json, names: readonly string[]): FieldError[] {
  const path = 'spec.scopeSelector.matchExpressions';
  const terms = asJsonArray(asJsonObject(spec['scopeSelector'])['matchExpressions']).map(asJsonObject);
  const shownSelector = goInternal('io.k8s.api.core.v1.ScopeSelector', spec['scopeSelector']);
  const errors = terms.flatMap((term) => {
    const scope = String(term['scopeName'] ?? '');
    return [
      ...(scopeResources.has(scope)
        ? []
        : [fieldError.invalid(`${path}.scopeName`, scope, 'unsupported scope')]),
      ...misapplied(scope, names).map(() =>
        fieldError.invalid(path, shownSelector, 'unsupported scope applied to resource'),
      ),
      ...termErrors(scope, term, path),
    ];
  });
  const scopes = terms.map((term) => String(term['scopeName'] ?? ''));
  return [...errors, ...conflicts(scopes, spec['scopes'] ?? null, path)];
}

function termErrors(scope: string, { operator, values }: Json, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (operator !== 'Exists' && onlyExists.has(scope)) {
    const detail =
      "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, " +
      'ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity';
    errors.push(fieldError.invalid(`${path}.operator`, operator, detail));
  }
  const count = asJsonArray(values).length;
  if (operator === 'In' || operator === 'NotIn') {
    const detail = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
    return count > 0 ? errors : [...errors, fieldError.required(`${path}.values`, detail)];
  }
  if (operator === 'Exists' || operator === 'DoesNotExist') {
    const detail = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
    return count === 0 ? errors : [...errors, fieldError.invalid(`${path}.values`, values, detail)];
  }
  return [...errors, fieldError.invalid(`${path}.operator`, operator ?? '', 'not a valid selector operator')];
}

function conflicts(scopes: readonly string[], shown: unknown, path: string): FieldError[] {
  return opposites
    .filter((pair) => pair.every((scope) => scopes.includes(scope)))
    .map(() => fieldError.invalid(path, shown, 'conflicting scopes'));
}

function misapplied(scope: string, names: readonly string[]): readonly string[] {
  const resources = scopeResources.get(scope);
  return names.filter((name) => isStandardQuotaResource(name) && resources?.has(name) === false);
}

const podResources: ReadonlySet<string> = new Set([
  'pods',
  'cpu',
  'memory',
  'requests.cpu',
  'requests.memory',
  'limits.cpu',
  'limits.memory',
]);

/** What a quota of each scope may limit. Source: pkg/apis/core/helper IsResourceQuotaScopeValidForResource. */
const scopeResources: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['BestEffort', new Set(['pods'])],
  ['NotBestEffort', podResources],
  ['Terminating', podResources],
  ['NotTerminating', podResources],
  ['PriorityClass', podResources],
  ['CrossNamespacePodAffinity', podResources],
  ['VolumeAttributesClass', new Set(['persistentvolumeclaims', 'requests.storage'])],
]);

const onlyExists: ReadonlySet<string> = new Set([
  'BestEffort',
  'NotBestEffort',
  'Terminating',
  'NotTerminating',
  'CrossNamespacePodAffinity',
]);

const opposites = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;
