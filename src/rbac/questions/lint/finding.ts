import type { ObjectName } from '../grant.ts';
import { textOrder } from '../principal.ts';

export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';

/** Most severe first. */
export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/** One thing that lint has to say about one object. */
export interface Finding {
  /** Stable id of the rule, in kebab-case. */
  readonly rule: string;
  readonly severity: Severity;
  readonly object: ObjectName;
  /** Where in the object: `rules[2].verbs`, `subjects[0]`, `roleRef`. Left out when it is the object as a whole. */
  readonly field?: string;
  readonly message: string;
  readonly remedy: string;
}

/** Most severe first; then by object, place in the object and rule, so that two runs read the same. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    textOrder(a.object.kind, b.object.kind) ||
    textOrder(a.object.namespace, b.object.namespace) ||
    textOrder(a.object.name, b.object.name) ||
    textOrder(a.object.source, b.object.source) ||
    textOrder(sortableField(a), sortableField(b)) ||
    textOrder(a.rule, b.rule) ||
    textOrder(a.message, b.message)
  );
}

// So that rules[10] comes after rules[9].
function sortableField({ field = '' }: Finding): string {
  return field.replace(/\d+/g, (digits) => digits.padStart(8, '0'));
}
