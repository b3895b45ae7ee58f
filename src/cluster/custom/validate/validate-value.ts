import { isDeepStrictEqual } from 'node:util';
import { fieldError } from '../../../kube/index.ts';
import { isJsonObject } from '../../schema/index.ts';
import { correlatedItems } from '../structural/correlated-items.ts';
import { isIntOrString, type JsonSchema, propertyOf, valuesOf } from '../structural/json-schema.ts';
import { checkAlternatives } from './check-alternatives.ts';
import {
  buildOutcome,
  fieldOf,
  invalidAt,
  type Outcome,
  type OutcomeBuilder,
  type Place,
  wrongType,
} from './outcome.ts';
import { matchesPattern } from './pattern.ts';
import { isKnownFormat, matchesFormat } from './string-formats.ts';
import { checkNumber } from './validate-number.ts';

/**
 * Checks a value against a schema: types, bounds, enumerations, required members, alternatives.
 * Source: kube-openapi/pkg/validation/validate, whose order and texts these are.
 * @param old the value that it replaces: what was wrong before its schema said so may stay as it is, part by part
 */
export function validateValue(schema: JsonSchema, value: unknown, place: Place, old?: unknown): Outcome {
  if (old !== undefined && isDeepStrictEqual(value, old)) return { errors: [], matches: 1 };
  const builder = buildOutcome();
  if (value === null) {
    checkNull(schema, place, builder);
    return builder.outcome;
  }
  checkType(schema, value, place, builder);
  builder.match();
  checkAlternatives(schema, value, place, builder, (each, ...rest) => validateValue(each, ...rest));
  builder.match();
  if (typeof value === 'string') checkString(schema, value, place, builder);
  if (typeof value === 'number') checkNumber(schema, value, place, builder);
  if (Array.isArray(value)) checkItems(schema, value, place, builder, old);
  checkEnum(schema, value, place, builder);
  if (isJsonObject(value)) checkMembers(schema, value, place, builder, old);
  builder.match();
  return builder.outcome;
}

function checkNull(schema: JsonSchema, place: Place, builder: OutcomeBuilder): void {
  if (schema.type !== undefined && schema.nullable !== true)
    builder.add(wrongType(place, schema.type, 'null'));
  else builder.match();
  checkEnum(schema, null, place, builder);
}

function checkType(schema: JsonSchema, value: unknown, place: Place, builder: OutcomeBuilder): void {
  const found = jsonType(value);
  const wanted = isIntOrString(schema)
    ? ['integer', 'string']
    : schema.type === undefined
      ? []
      : [schema.type];
  // A whole number is a number, too.
  const fits =
    wanted.length === 0 || wanted.includes(found) || (found === 'integer' && wanted.includes('number'));
  if (fits) builder.match();
  else builder.add(wrongType(place, wanted.join(','), found));
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function checkString(schema: JsonSchema, value: string, place: Place, builder: OutcomeBuilder): void {
  const { minLength, maxLength, pattern, format = '' } = schema;
  const length = codePoints(value);
  if (maxLength !== undefined && length > maxLength)
    builder.add(fieldError.tooLong(fieldOf(place), maxLength));
  else if (minLength !== undefined && length < minLength) {
    builder.add(invalidAt(place, value, `should be at least ${minLength} chars long`));
  } else if (pattern !== undefined && pattern !== '' && !matchesPattern(pattern, value)) {
    builder.add(invalidAt(place, value, `should match '${pattern}'`));
  }
  builder.match();
  const isText = schema.type === undefined || schema.type === 'string';
  if (!isText || !isKnownFormat(format)) return;
  if (!matchesFormat(format, value)) builder.add(wrongType(place, format, value));
  builder.match();
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function checkItems(
  schema: JsonSchema,
  value: readonly unknown[],
  place: Place,
  builder: OutcomeBuilder,
  old: unknown,
): void {
  const { items, minItems, maxItems } = schema;
  if (items !== undefined) {
    const oldItem = correlatedItems(schema, old);
    for (const [index, item] of value.entries()) {
      const at = { ...place, path: `${place.path}[${index}]` };
      builder.merge(validateValue(items, item, at, oldItem(item)));
    }
  }
  if (minItems !== undefined && value.length < minItems) {
    builder.add(invalidAt(place, value.length, `should have at least ${minItems} items`));
  }
  if (maxItems !== undefined && value.length > maxItems) {
    builder.add(fieldError.tooMany(fieldOf(place), value.length, maxItems));
  }
  builder.match();
  builder.match();
}

function checkEnum(
  { enum: allowed = [] }: JsonSchema,
  value: unknown,
  place: Place,
  builder: OutcomeBuilder,
): void {
  if (allowed.length > 0 && !allowed.some((each) => isDeepStrictEqual(each, value))) {
    const supported = allowed.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
    builder.add(fieldError.notSupported(fieldOf(place), value, supported));
  }
  if (allowed.length > 0) builder.match();
}

function checkMembers(
  schema: JsonSchema,
  value: Readonly<Record<string, unknown>>,
  place: Place,
  builder: OutcomeBuilder,
  old: unknown,
): void {
  const names = Object.keys(value);
  const { minProperties, maxProperties, required = [] } = schema;
  if (minProperties !== undefined && names.length < minProperties) {
    builder.add(invalidAt(place, names.length, `should have at least ${minProperties} properties`));
  }
  if (maxProperties !== undefined && names.length > maxProperties) {
    builder.add(fieldError.tooMany(fieldOf(place), names.length, maxProperties));
  }
  const values = valuesOf(schema);
  for (const name of names) {
    const own = propertyOf(schema, name) ?? values;
    const path = place.path === '' ? name : `${place.path}.${name}`;
    const oldMember = isJsonObject(old) && Object.hasOwn(old, name) ? old[name] : undefined;
    if (own !== undefined) builder.merge(validateValue(own, value[name], { ...place, path }, oldMember));
  }
  for (const name of required) {
    if (Object.hasOwn(value, name)) continue;
    builder.add(fieldError.required(fieldOf({ ...place, path: `${place.path}.${name}` })));
  }
  builder.match();
}
