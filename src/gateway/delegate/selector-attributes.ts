import {
  type LabelOperator,
  parseFieldSelector,
  parseLabelSelector,
  SelectorError,
  type SelectorRequirement,
} from '../../kube/index.ts';

/** The part of a collection that a question is about, as a review has it. */
export interface SelectorAttributes {
  readonly requirements: readonly SelectorRequirement[];
}

/**
 * A field selector for a SubjectAccessReview; undefined when it selects everything or is none. Then the question is about
 * more, never about less.
 * Source: Kubernetes apiserver plugin/pkg/authorizer/webhook/webhook.go fieldSelectorToAuthorizationAPI.
 */
export function fieldSelectorAttributes(
  selector: string | readonly SelectorRequirement[],
): SelectorAttributes | undefined {
  return attributesOf(typeof selector === 'string' ? fieldRequirements(selector) : selector);
}

function fieldRequirements(text: string): readonly SelectorRequirement[] {
  return parsed(() => parseFieldSelector(text)).map(({ field, operator, value }) => ({
    key: field,
    operator: operator === '=' ? 'In' : 'NotIn',
    values: [value],
  }));
}

/** The same of a label selector. A comparison (`gt`, `lt`) has no form there and is left out, as by kube-apiserver. */
export function labelSelectorAttributes(
  selector: string | readonly SelectorRequirement[],
): SelectorAttributes | undefined {
  return attributesOf(typeof selector === 'string' ? labelRequirements(selector) : selector);
}

function labelRequirements(text: string): readonly SelectorRequirement[] {
  return parsed(() => parseLabelSelector(text)).flatMap(({ key, operator, values }) => {
    const named = OPERATORS[operator];
    if (named === undefined) return [];
    return [{ key, operator: named, ...(values.length === 0 ? {} : { values }) }];
  });
}

function attributesOf(requirements: readonly SelectorRequirement[]): SelectorAttributes | undefined {
  return requirements.length === 0 ? undefined : { requirements };
}

const OPERATORS: Readonly<Record<LabelOperator, string | undefined>> = {
  in: 'In',
  '=': 'In',
  '==': 'In',
  notin: 'NotIn',
  '!=': 'NotIn',
  exists: 'Exists',
  '!': 'DoesNotExist',
  gt: undefined,
  lt: undefined,
};

/** What can't be understood selects nothing that could be told. */
function parsed<T>(parse: () => readonly T[]): readonly T[] {
  try {
    return parse();
  } catch (error) {
    if (error instanceof SelectorError) return [];
    throw error;
  }
}
