import { forbiddenObject } from '../../kube/index.ts';
import type { KubeObject, ResourceType } from '../resources/index.ts';
import {
  asJsonArray,
  asJsonObject,
  compareQuantities,
  containerResources,
  podLimits,
  podRequests,
  quantityRatio,
  type ResourceList,
  resourceList,
} from '../schema/index.ts';

/** What a limit range says of one kind of thing. */
export interface Limit {
  readonly type: string;
  readonly min?: ResourceList;
  readonly max?: ResourceList;
  readonly default?: ResourceList;
  readonly defaultRequest?: ResourceList;
  readonly maxLimitRequestRatio?: ResourceList;
}

export interface LimitRange extends KubeObject {
  readonly spec: { readonly limits?: readonly Limit[] };
}

export function limitsOf({ spec }: LimitRange, type: string): readonly Limit[] {
  return (spec.limits ?? []).filter((limit) => limit.type === type);
}

/**
 * Throws StatusError 403 with all that is outside of the limit ranges of its namespace.
 * Source: Kubernetes plugin/pkg/admission/limitranger PodValidateLimitFunc, PersistentVolumeClaimValidateLimitFunc.
 */
export function confirmWithinLimitRanges(
  type: ResourceType,
  object: KubeObject,
  ranges: readonly LimitRange[],
): void {
  const violations = type.resource === 'pods' ? podViolations : claimViolations;
  for (const range of ranges) {
    const texts = violations(object, range);
    if (texts.length === 0) continue;
    const unique = [...new Set(texts)];
    const text = unique.length === 1 ? (unique[0] ?? '') : `[${unique.join(', ')}]`;
    throw forbiddenObject(type, object.metadata.name ?? '', text);
  }
}

interface Asked {
  readonly requests: ResourceList;
  readonly limits: ResourceList;
}

function podViolations(pod: KubeObject, range: LimitRange): readonly string[] {
  const spec = asJsonObject(pod['spec']);
  const containers = [...asJsonArray(spec['containers']), ...asJsonArray(spec['initContainers'])].map(
    asJsonObject,
  );
  const each = containers.map((container) => ({
    requests: containerResources(container, 'requests'),
    limits: containerResources(container, 'limits'),
  }));
  const whole = { requests: podRequests(pod), limits: podLimits(pod) };
  return (range.spec.limits ?? []).flatMap((limit) => {
    if (limit.type === 'Container') return each.flatMap((asked) => violationsOf(limit, asked));
    return limit.type === 'Pod' ? violationsOf(limit, whole) : [];
  });
}

/** Source: minConstraint, maxConstraint, limitRequestRatioConstraint. */
function violationsOf(limit: Limit, asked: Asked): readonly string[] {
  return [
    ...sorted(limit.min).flatMap(([name, bound]) => minViolation(limit.type, name, bound, asked)),
    ...sorted(limit.max).flatMap(([name, bound]) => maxViolation(limit.type, name, bound, asked)),
    ...sorted(limit.maxLimitRequestRatio).flatMap(([name, bound]) =>
      ratioViolation(limit.type, name, bound, asked),
    ),
  ];
}

function minViolation(type: string, name: string, bound: string, { requests, limits }: Asked): string[] {
  const [request, limit] = [requests[name], limits[name]];
  const text = `minimum ${name} usage per ${type} is ${bound}`;
  if (request === undefined) return [`${text}.  No request is specified`];
  if (compareQuantities(request, bound) < 0) return [`${text}, but request is ${request}`];
  if (limit !== undefined && compareQuantities(limit, bound) < 0) return [`${text}, but limit is ${limit}`];
  return [];
}

function maxViolation(type: string, name: string, bound: string, { requests, limits }: Asked): string[] {
  const [request, limit] = [requests[name], limits[name]];
  const text = `maximum ${name} usage per ${type} is ${bound}`;
  if (limit === undefined) return [`${text}.  No limit is specified`];
  if (compareQuantities(limit, bound) > 0) return [`${text}, but limit is ${limit}`];
  if (request !== undefined && compareQuantities(request, bound) > 0)
    return [`${text}, but request is ${request}`];
  return [];
}

function ratioViolation(type: string, name: string, bound: string, { requests, limits }: Asked): string[] {
  const [request = '0', limit = '0'] = [requests[name], limits[name]];
  const text = `${name} max limit to request ratio per ${type} is ${bound}`;
  if (compareQuantities(request, '0') === 0) return [`${text}, but no request is specified or request is 0`];
  if (compareQuantities(limit, '0') === 0) return [`${text}, but no limit is specified or limit is 0`];
  const ratio = quantityRatio(limit, request);
  return ratio > quantityRatio(bound, '1') ? [`${text}, but provided ratio is ${ratio.toFixed(6)}`] : [];
}

/** A claim has no limits: only its request is looked at. */
function claimViolations(claim: KubeObject, range: LimitRange): readonly string[] {
  const requests = resourceList(asJsonObject(asJsonObject(claim['spec'])['resources'])['requests']);
  return limitsOf(range, 'PersistentVolumeClaim').flatMap(({ type, min, max }) => [
    ...sorted(min).flatMap(([name, bound]) => minViolation(type, name, bound, { requests, limits: {} })),
    ...sorted(max).flatMap(([name, bound]) => maxRequestViolation(type, name, bound, requests[name])),
  ]);
}

function maxRequestViolation(
  type: string,
  name: string,
  bound: string,
  request: string | undefined,
): string[] {
  const text = `maximum ${name} usage per ${type} is ${bound}`;
  if (request === undefined) return [`${text}.  No request is specified`];
  return compareQuantities(request, bound) > 0 ? [`${text}, but request is ${request}`] : [];
}

/** In an order that does not depend on who wrote them. */
function sorted(list: ResourceList = {}): readonly (readonly [string, string])[] {
  return Object.entries(list).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
