import type { LabelSelector } from '../../../kube/index.ts';

/** A selector as Go prints the pointer to one. Source: apimachinery/pkg/apis/meta/v1 generated.pb.go LabelSelector.String. */
export function labelSelectorText(selector: LabelSelector | undefined): string {
  if (selector === undefined) return 'nil';
  const labels = Object.entries(selector.matchLabels ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const expressions = (selector.matchExpressions ?? []).map(
    ({ key, operator, values = [] }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
  );
  const pairs = labels.map(([key, value]) => `${key}: ${value},`).join('');
  return (
    `&LabelSelector{MatchLabels:map[string]string{${pairs}},` +
    `MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}},}`
  );
}
