import type { KubeObject } from '../resources/index.ts';
import { asJsonArray, asJsonObject } from '../schema/index.ts';

/**
 * Whether a node is one that the pod's nodeSelector and its required node affinity mean.
 * Source: component-helpers/scheduling/corev1/nodeaffinity GetRequiredNodeAffinity.
 */
export function matchesNode(podSpec: unknown, { metadata }: KubeObject): boolean {
  const { nodeSelector, affinity } = asJsonObject(podSpec);
  const labels: Readonly<Record<string, unknown>> = metadata.labels ?? {};
  const isSelected = Object.entries(asJsonObject(nodeSelector)).every(
    ([key, value]) => Object.hasOwn(labels, key) && labels[key] === value,
  );
  const required = asJsonObject(asJsonObject(affinity)['nodeAffinity'])[
    'requiredDuringSchedulingIgnoredDuringExecution'
  ];
  if (!isSelected || required === undefined) return isSelected;
  const fields = { 'metadata.name': metadata.name };
  return asJsonArray(asJsonObject(required)['nodeSelectorTerms']).some((value) => {
    const term = asJsonObject(value);
    const [byLabel, byField] = [asJsonArray(term['matchExpressions']), asJsonArray(term['matchFields'])];
    // A term that says nothing means no node.
    if (byLabel.length + byField.length === 0) return false;
    return byLabel.every((each) => meets(each, labels)) && byField.every((each) => meets(each, fields));
  });
}

function meets(requirement: unknown, of: Readonly<Record<string, unknown>>): boolean {
  const { key, operator, values } = asJsonObject(requirement);
  const known = Object.hasOwn(of, String(key));
  const value = known ? of[String(key)] : undefined;
  const [bound] = asJsonArray(values);
  switch (operator) {
    case 'In':
      return known && asJsonArray(values).includes(value);
    case 'NotIn':
      return !known || !asJsonArray(values).includes(value);
    case 'Exists':
      return known;
    case 'DoesNotExist':
      return !known;
    case 'Gt':
      return isWhole(value) && isWhole(bound) && Number(value) > Number(bound);
    case 'Lt':
      return isWhole(value) && isWhole(bound) && Number(value) < Number(bound);
    default:
      return false;
  }
}

function isWhole(value: unknown): boolean {
  return typeof value === 'string' && /^[+-]?\d{1,18}$/.test(value);
}
