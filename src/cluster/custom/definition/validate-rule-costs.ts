import { type FieldError, fieldError } from '../../../kube/index.ts';
import type { CompiledRule, RuleNode } from '../rules/compile-rules.ts';
import type { JsonSchema } from '../structural/json-schema.ts';

/** In Kubernetes' units: what one expression may cost for an object, and all together. */
const expressionLimit = 10_000_000;
const totalLimit = 100_000_000;
/** Source: apiserver/pkg/apis/cel MaxRequestSizeBytes. */
const mostBytes = 3 * 1024 * 1024;

interface Cost {
  readonly field: string;
  readonly cost: number;
}

/**
 * Refuses rules that could cost more than an API server has time for, by what the schema says of how large values can be.
 * Source: apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go, cel_validation.go.
 * @param path of the schema of a whole version
 */
export function ruleCostErrors(root: RuleNode, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const costs: Cost[] = [];
  visit(root, path, 1);
  const total = costs.reduce((sum, { cost }) => sum + cost, 0);
  if (total <= totalLimit) return errors;
  const expensive = costs
    .filter(({ cost }) => cost >= totalLimit / 100)
    .toSorted((a, b) => b.cost - a.cost)
    .slice(0, 4);
  const contributed =
    'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema';
  return [
    ...errors,
    ...expensive.map(({ field }) => fieldError.forbidden(field, contributed)),
    fieldError.forbidden(
      path,
      exceeds(
        'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema',
        total,
        totalLimit,
      ),
    ),
  ];

  /** @param times how often such a value can be there; undefined when only the size of a request bounds it */
  function visit(node: RuleNode, at: string, times: number | undefined): void {
    const count = times ?? Math.floor(mostBytes / (node.declaration.smallest + 1));
    for (const [index, rule] of node.rules.entries()) {
      observe(rule, `${at}.x-kubernetes-validations[${index}]`, count);
    }
    const { schema } = node;
    for (const [name, property] of node.properties)
      visit(property, `${at}.properties[${name}]`, within(times, schema));
    if (node.items !== undefined) visit(node.items, `${at}.items`, within(times, schema));
    if (node.values !== undefined) visit(node.values, `${at}.additionalProperties`, within(times, schema));
  }

  function observe({ program, message }: CompiledRule, at: string, count: number): void {
    if (typeof program === 'object') add(`${at}.rule`, 'estimated rule cost', program.estimate() * count);
    if (typeof message === 'object') {
      add(`${at}.messageExpression`, 'estimated messageExpression cost', message.estimate());
    }
  }

  function add(field: string, what: string, cost: number): void {
    if (cost > expressionLimit)
      errors.push(fieldError.forbidden(field, exceeds(what, cost, expressionLimit)));
    costs.push({ field, cost });
  }
}

/** How often what is in such a value can be there. */
function within(times: number | undefined, schema: JsonSchema): number | undefined {
  if (times === undefined) return undefined;
  const most =
    schema.type === 'array'
      ? schema.maxItems
      : schema.type === 'object' && schema.additionalProperties !== undefined
        ? schema.maxProperties
        : 1;
  return most === undefined ? undefined : times * Math.max(0, most);
}

function exceeds(what: string, cost: number, limit: number): string {
  const factor = cost / limit;
  const told =
    factor > 100 ? 'more than 100x' : factor < 1.5 ? `${factor.toFixed(6)}x` : `${factor.toFixed(1)}x`;
  return (
    `${what} exceeds budget by factor of ${told} (try simplifying the rule, or adding maxItems, maxProperties, and ` +
    'maxLength where arrays, maps, and strings are declared)'
  );
}
