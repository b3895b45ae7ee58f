import { fieldError } from '../../../kube/index.ts';
import type { JsonSchema } from '../structural/json-schema.ts';
import { fieldOf, type Outcome, type OutcomeBuilder, type Place } from './outcome.ts';

type Validate = (schema: JsonSchema, value: unknown, place: Place) => Outcome;

/**
 * anyOf, oneOf, allOf and not. What keeps the best alternative from fitting is told beside the fact that none does.
 * Source: kube-openapi/pkg/validation/validate/schema_props.go.
 */
export function checkAlternatives(
  schema: JsonSchema,
  value: unknown,
  place: Place,
  builder: OutcomeBuilder,
  validate: Validate,
): void {
  const { anyOf = [], oneOf = [], allOf = [], not } = schema;
  const named = JSON.stringify(place.path);
  const refuse = (text: string) =>
    builder.add(fieldError.invalid(fieldOf({ ...place, path: '' }), '', `${named} must ${text}`));
  if (anyOf.length > 0) {
    const outcomes = outcomesOf(anyOf);
    const fitting = outcomes.find(fits);
    if (fitting === undefined) refuse('validate at least one schema (anyOf)');
    builder.merge(fitting ?? best(outcomes));
  }
  if (oneOf.length > 0) {
    const outcomes = outcomesOf(oneOf);
    const fitting = outcomes.filter(fits);
    if (fitting.length !== 1) {
      const found = fitting.length === 0 ? 'Found none valid' : `Found ${fitting.length} valid alternatives`;
      refuse(`validate one and only one schema (oneOf). ${found}`);
    }
    if (fitting.length < 2) builder.merge(fitting[0] ?? best(outcomes));
  }
  if (allOf.length > 0) {
    const outcomes = outcomesOf(allOf);
    for (const outcome of outcomes) builder.merge(outcome);
    const fitting = outcomes.filter(fits).length;
    if (fitting !== allOf.length) {
      refuse(`validate all the schemas (allOf)${fitting === 0 ? '. None validated' : ''}`);
    }
  }
  if (not !== undefined && fits(validate(not, value, place))) refuse('not validate the schema (not)');

  function outcomesOf(alternatives: readonly JsonSchema[]): readonly Outcome[] {
    return alternatives.map((alternative) => validate(alternative, value, place));
  }
}

function fits({ errors }: Outcome): boolean {
  return errors.length === 0;
}

function best(outcomes: readonly Outcome[]): Outcome {
  return outcomes.reduce((known, each) => (each.matches > known.matches ? each : known));
}
