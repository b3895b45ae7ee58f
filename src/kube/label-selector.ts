import { parseGoInt64 } from './go-int.ts';
import { goQuote } from './go-quote.ts';
import { type LabelOperator, type LabelRequirement, labelRequirement } from './label-requirement.ts';
import { SelectorError } from './selector-error.ts';

/** The structured form in objects. Source: Kubernetes meta/v1 LabelSelector. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

type Labels = Readonly<Record<string, string>> | undefined;

/** Whether labels meet every requirement; no requirements select everything. */
export function matchesLabels(requirements: readonly LabelRequirement[], labels: Labels): boolean {
  return requirements.every((requirement) => meets(requirement, labels));
}

/**
 * The requirements of a structured selector, or undefined for an absent one, which selects nothing.
 * Source: Kubernetes meta/v1 LabelSelectorAsSelector.
 * @throws SelectorError with kube-apiserver's text.
 */
export function labelSelectorRequirements(
  selector: LabelSelector | undefined,
): LabelRequirement[] | undefined {
  if (selector === undefined) return undefined;
  const equalities = Object.entries(selector.matchLabels ?? {}).map(([key, value]) =>
    labelRequirement(key, '=', [value]),
  );
  const expressions = (selector.matchExpressions ?? []).map((expression) => {
    const operator = EXPRESSION_OPERATORS.get(expression.operator);
    if (operator === undefined) {
      throw new SelectorError(`${goQuote(expression.operator)} is not a valid label selector operator`);
    }
    return labelRequirement(expression.key, operator, expression.values ?? []);
  });
  return [...equalities, ...expressions];
}

/**
 * A matcher for a structured selector: an absent one selects nothing, an empty one everything.
 * @throws SelectorError with kube-apiserver's text.
 */
export function labelSelectorMatcher(selector: LabelSelector | undefined): (labels: Labels) => boolean {
  const requirements = labelSelectorRequirements(selector);
  return (labels) => requirements !== undefined && matchesLabels(requirements, labels);
}

const EXPRESSION_OPERATORS: ReadonlyMap<string, LabelOperator> = new Map([
  ['In', 'in'],
  ['NotIn', 'notin'],
  ['Exists', 'exists'],
  ['DoesNotExist', '!'],
]);

function meets({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
  // hasOwn: `constructor` and `__proto__` are valid label keys.
  const present = labels !== undefined && Object.hasOwn(labels, key);
  const value = present ? (labels[key] ?? '') : '';
  switch (operator) {
    case 'in':
    case '=':
    case '==':
      return present && values.includes(value);
    case 'notin':
    case '!=':
      return !present || !values.includes(value);
    case 'exists':
      return present;
    case '!':
      return !present;
    case 'gt':
    case 'lt':
      return present && compares(operator, value, values[0] ?? '');
  }
}

function compares(operator: 'gt' | 'lt', value: string, bound: string): boolean {
  const left = parseGoInt64(value);
  const right = parseGoInt64(bound);
  if (typeof left === 'string' || typeof right === 'string') return false;
  return operator === 'gt' ? left > right : left < right;
}
