import {
  labelSelectorRequirements,
  parseFieldSelector,
  parseLabelSelector,
  SelectorError,
  type SelectorRequirement,
} from '../../kube/index.ts';

/**
 * The part of a collection that a question is about: a text or requirements.
 * Source: Kubernetes authorization/v1 FieldSelectorAttributes and LabelSelectorAttributes.
 */
export interface SelectorAttributes {
  readonly rawSelector?: string;
  readonly requirements?: readonly SelectorRequirement[];
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
  const parse = name === 'fieldSelector' ? parseFieldSelector : parseLabelSelector;
  const isText = requirements.length === 0;
  const understood = understoodRequirements(name, requirements).length;
  const isWhole = isText ? isUnderstood(() => parse(rawSelector)) : understood === requirements.length;
  if (isWhole) return undefined;
  const extent = understood > 0 ? 'partially ignored' : 'ignored';
  return `spec.resourceAttributes.${name} ${extent} due to parse error`;
}

/** What an authorizer is asked about: the text, or those of the requirements that are understood. */
export function selectorOf(
  name: SelectorName,
  { rawSelector = '', requirements = [] }: SelectorAttributes = {},
): string | readonly SelectorRequirement[] {
  return requirements.length === 0 ? rawSelector : understoodRequirements(name, requirements);
}

/** A text is understood as a whole or not at all, requirements one by one. */
function understoodRequirements(
  name: SelectorName,
  requirements: readonly SelectorRequirement[],
): readonly SelectorRequirement[] {
  const check = name === 'fieldSelector' ? checkFieldTerm : checkLabelTerm;
  return requirements.filter((requirement) => isUnderstood(() => check(requirement)));
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
