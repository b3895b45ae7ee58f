import { isJsonObject } from '../../schema/index.ts';
import { at, list, orNone, text } from './read.ts';

/** Labels as `a=b,c=d`, by key. Source: apimachinery/pkg/labels FormatLabels. */
export function formatLabels(labels: unknown): string {
  return orNone(labelTerms(labels).join(','));
}

function labelTerms(labels: unknown): string[] {
  if (!isJsonObject(labels)) return [];
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${String(value)}`)
    .toSorted();
}

/** A LabelSelector in the query form. Source: apimachinery/pkg/apis/meta/v1 FormatLabelSelector. */
export function formatSelector(selector: unknown): string {
  const terms = Object.entries(
    (at(selector, 'matchLabels') as Record<string, unknown> | undefined) ?? {},
  ).map(([key, value]) => ({ key, term: `${key}=${String(value)}` }));
  const expressions = list(selector, 'matchExpressions').map((expression) => ({
    key: text(expression, 'key'),
    term: formatExpression(expression),
  }));
  const sorted = [...terms, ...expressions].toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return orNone(sorted.map(({ term }) => term).join(','));
}

function formatExpression(expression: unknown): string {
  const key = text(expression, 'key');
  const values = list(expression, 'values').map(String).toSorted().join(',');
  switch (text(expression, 'operator')) {
    case 'In':
      return `${key} in (${values})`;
    case 'NotIn':
      return `${key} notin (${values})`;
    case 'DoesNotExist':
      return `!${key}`;
    default:
      return key;
  }
}

/** Container names and images of a pod spec, as the wide columns show them. */
export function containerCells(podSpec: unknown): readonly [string, string] {
  const containers = list(podSpec, 'containers');
  return [
    containers.map((container) => text(container, 'name')).join(','),
    containers.map((container) => text(container, 'image')).join(','),
  ];
}

/** At most three values, then how many more. */
export function firstThree(values: readonly string[], none: string): string {
  if (values.length === 0) return none;
  const shown = values.slice(0, 3).join(',');
  return values.length > 3 ? `${shown} + ${values.length - 3} more...` : shown;
}

export function hasCondition(object: unknown, type: string): boolean {
  return list(object, 'status', 'conditions').some(
    (condition) => text(condition, 'type') === type && text(condition, 'status') === 'True',
  );
}

/** Addresses of a load balancer's status. */
export function loadBalancerAddresses(object: unknown): string {
  const addresses = list(object, 'status', 'loadBalancer', 'ingress').map(
    (ingress) => text(ingress, 'ip') || text(ingress, 'hostname'),
  );
  return [...new Set(addresses)].toSorted().join(',');
}
