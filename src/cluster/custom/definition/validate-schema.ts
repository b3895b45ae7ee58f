import { type FieldError, fieldError, fieldErrorBody } from '../../../kube/index.ts';
import type { JsonSchema } from '../structural/json-schema.ts';
import { validateDefaults } from './validate-defaults.ts';
import { validateKeywords } from './validate-keywords.ts';
import { validateExpressions } from './validate-rule-keywords.ts';
import { completenessErrors, structuralErrors } from './validate-structural.ts';

/** A schema and the fields of the definition below it are walked recursively. */
const maxDepth = 100;

/**
 * What is wrong with a version's schema: it must be structural, say nothing that is not supported, and its defaults must
 * fit it. Source: apiextensions validation.go validateCustomResourceDefinitionValidation.
 */
export function validateSchema(schema: JsonSchema, path: string, hasStatus: boolean): FieldError[] {
  if (isDeeper(schema, maxDepth)) return [fieldError.invalid(path, '', 'exceeded max depth')];
  const structural = [...structuralErrors(schema, path), ...completenessErrors(schema, path)].toSorted(
    byText,
  );
  const keywords = validateKeywords(schema, path);
  const errors = [
    ...(hasStatus ? rootErrors(schema, path) : []),
    ...(schema.nullable === true
      ? [fieldError.forbidden(`${path}.nullable`, 'nullable cannot be true at the root')]
      : []),
    ...structural,
    ...(structural.length === 0 ? validateDefaults(schema, path) : []),
    ...keywords,
  ];
  // What an expression may be about is only known of a schema that is in order.
  return errors.length > 0 ? errors : validateExpressions(schema, path);
}

function byText(a: FieldError, b: FieldError): number {
  const [x, y] = [`${a.field}: ${fieldErrorBody(a)}`, `${b.field}: ${fieldErrorBody(b)}`];
  return x < y ? -1 : x > y ? 1 : 0;
}

const allowedAtRoot = new Set([
  'description',
  'type',
  'format',
  'title',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'uniqueItems',
  'multipleOf',
  'required',
  'items',
  'properties',
  'externalDocs',
  'example',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-validations',
]);

/** As Kubernetes prints them. */
const allowedText =
  '[Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations]';

/** With /status, the status' schema is taken out of the whole: nothing that concerns it may be said around it. */
function rootErrors(schema: JsonSchema, path: string): FieldError[] {
  const { type = '' } = schema;
  if (type !== '' && type !== 'object') {
    const detail =
      'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
    return [fieldError.invalid(`${path}.type`, type, detail)];
  }
  const isOther = Object.entries(schema).some(([name, value]) => !allowedAtRoot.has(name) && value !== false);
  if (!isOther) return [];
  const detail = `only ${allowedText} fields are allowed at the root of the schema if the status subresource is enabled`;
  return [fieldError.invalid(path, schema, detail)];
}

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((member) => isDeeper(member, depth - 1));
}
