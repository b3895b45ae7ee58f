import {
  type LabelOperator,
  parseFieldSelector,
  parseLabelSelector,
  SelectorError,
} from '../../kube/index.ts';

/** The part of a collection that a question is about, as a review has it. */
export interface SelectorAttributes {
  readonly requirements: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/**
 * A field selector for a SubjectAccessReview; undefined when it selects everything or is none. Then the question is about
 * more, never about less.
 * Source: Kubernetes apiserver plugin/pkg/authorizer/webhook/webhook.go fieldSelectorToAuthorizationAPI.
 */
export function fieldSelectorAttributes(text: string): SelectorAttributes | undefined {
  const terms = parsed(() => parseFieldSelector(text));
  const requirements = terms.map(({ field, operator, value }) => ({
    key: field,
    operator: operator === '=' ? 'In' : 'NotIn',
    values: [value],
  }));
  return requirements.length === 0 ? undefined : { requirements };
}

/** The same of a label selector. A comparison (`gt`, `lt`) has no form there and is left out, as by kube-apiserver. */
export function labelSelectorAttributes(text: string): SelectorAttributes | undefined {
  const requirements = parsed(() => parseLabelSelector(text)).flatMap(({ key, operator, values }) => {
    const named = OPERATORS[operator];
    if (named === undefined) return [];
    return [{ key, operator: named, ...(values.length === 0 ? {} : { values }) }];
  });
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
