import { fieldError } from '../../../kube/index.ts';
import type { JsonSchema } from '../structural/json-schema.ts';
import { goFloat } from './go-float.ts';
import { fieldOf, invalidAt, type OutcomeBuilder, type Place } from './outcome.ts';

/** Checks a number's bounds. Source: kube-openapi/pkg/validation/validate/validator.go numberValidator. */
export function checkNumber(schema: JsonSchema, value: number, place: Place, builder: OutcomeBuilder): void {
  checkRange(schema, value, place, builder);
  const { multipleOf, maximum, exclusiveMaximum = false, minimum, exclusiveMinimum = false } = schema;
  // Go compares whole numbers with the whole part of a bound.
  const isWhole = Number.isInteger(value);
  const bound = (limit: number): number => (isWhole ? Math.trunc(limit) : limit);
  const print = (limit: number): string => (isWhole ? String(Math.trunc(limit)) : goFloat(limit));
  if (multipleOf !== undefined && !isMultiple(value, bound(multipleOf))) {
    builder.add(invalidAt(place, value, `should be a multiple of ${print(multipleOf)}`));
  }
  if (minimum !== undefined && isBeyond(bound(minimum), value, exclusiveMinimum)) {
    const text = exclusiveMinimum ? 'should be greater than' : 'should be greater than or equal to';
    builder.add(invalidAt(place, value, `${text} ${print(minimum)}`));
  }
  if (maximum !== undefined && isBeyond(value, bound(maximum), exclusiveMaximum)) {
    const text = exclusiveMaximum ? 'should be less than' : 'should be less than or equal to';
    builder.add(invalidAt(place, value, `${text} ${print(maximum)}`));
  }
  builder.match();
}

function isBeyond(high: number, low: number, exclusive: boolean): boolean {
  return exclusive ? high >= low : high > low;
}

function isMultiple(value: number, factor: number): boolean {
  if (factor === 0) return false;
  const quotient = value / factor;
  return Math.abs(quotient - Math.round(quotient)) < 1e-9;
}

/** What a format says of a number's size. */
function checkRange(schema: JsonSchema, value: number, place: Place, builder: OutcomeBuilder): void {
  if (schema.type !== 'integer' || !Number.isInteger(value)) return;
  const [format, limit] = schema.format === 'int32' ? [' with format int32', 2 ** 31] : ['', 2 ** 63];
  if (value >= -limit && value < limit) return;
  const suffix =
    schema.format === 'int64' ? ' with format int64' : format === '' ? ' (default format)' : format;
  const text = `Checked value must be of type integer${suffix} in ${place.path}`;
  builder.add(fieldError.invalid(fieldOf({ ...place, path: '' }), '', text));
}
