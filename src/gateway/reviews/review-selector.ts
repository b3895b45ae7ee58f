import {
  labelSelectorRequirements,
  parseFieldSelector,
  parseLabelSelector,
  SelectorError,
} from '../../kube/index.ts';

/**
 * The part of a collection that a question is about: a text or requirements.
 * Source: Kubernetes authorization/v1 FieldSelectorAttributes and LabelSelectorAttributes.
 */
export interface SelectorAttributes {
  readonly rawSelector?: string;
  readonly requirements?: readonly SelectorRequirement[];
}

export interface SelectorRequirement {
  readonly key: string;
  /** Any text: a newer client may use operators that are not known here. */
  readonly operator: string;
  readonly values?: readonly string[];
}

export const SELECTORS = ['fieldSelector', 'labelSelector'] as const;
export type SelectorName = (typeof SELECTORS)[number];

/**
 * What a review's status says of a selector that is not understood, wholly or in part; undefined: all is understood.
 * RBAC looks at no selector, and what is ignored of one makes the question broader, never narrower.
 * Source: Kubernetes pkg/registry/authorization/util ResourceAttributesFrom, BuildEvaluationError.
 */
export function selectorProblem(name: SelectorName, selector: SelectorAttributes): string | undefined {
  const { rawSelector = '', requirements = [] } = selector;
  const [parse, check] =
    name === 'fieldSelector' ? [parseFieldSelector, checkFieldTerm] : [parseLabelSelector, checkLabelTerm];
  // A text is understood as a whole or not at all, requirements one by one.
  const understood =
    requirements.length > 0
      ? requirements.map((requirement) => isUnderstood(() => check(requirement)))
      : [isUnderstood(() => parse(rawSelector))];
  if (understood.every(Boolean)) return undefined;
  const extent = understood.some(Boolean) ? 'partially ignored' : 'ignored';
  return `spec.resourceAttributes.${name} ${extent} due to parse error`;
}

function isUnderstood(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof SelectorError) return false;
    throw error;
  }
}

/** A field can be asked for one value, or for any other than one. */
function checkFieldTerm({ operator, values = [] }: SelectorRequirement): void {
  if (values.length === 1 && (operator === 'In' || operator === 'NotIn')) return;
  throw new SelectorError(`no field selector has ${operator} with ${values.length} values`);
}

function checkLabelTerm(requirement: SelectorRequirement): void {
  labelSelectorRequirements({ matchExpressions: [requirement] });
}
