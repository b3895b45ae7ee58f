import { type FieldError, fieldError } from '../../../kube/index.ts';
import { type JsonSchema, propertyOf } from '../structural/json-schema.ts';
import type { DefinitionVersion } from './definition.ts';

const mostFields = 8;
const selectableTypes = ['string', 'boolean', 'integer'];

/** Source: apiextensions validation.go ValidateCustomResourceSelectableFields. */
export function validateSelectableFields(version: DefinitionVersion, path: string): FieldError[] {
  const fields = version.selectableFields ?? [];
  const schema = version.schema?.openAPIV3Schema;
  if (fields.length === 0) return [];
  if (schema === undefined) {
    const detail = 'may only be set when `version.schema.openAPIV3Schema` is not included';
    return [fieldError.invalid(path, '', detail)];
  }
  const seen = new Set<string>();
  const errors = fields.flatMap(({ jsonPath = '' }, index) => {
    const field = `${path}[${index}].jsonPath`;
    const isRepeated = seen.has(jsonPath);
    seen.add(jsonPath);
    return [
      ...fieldErrors(schema, jsonPath, field),
      ...(isRepeated ? [fieldError.duplicate(field, jsonPath)] : []),
    ];
  });
  return seen.size > mostFields ? [...errors, fieldError.tooMany(path, seen.size, mostFields)] : errors;
}

function fieldErrors(schema: JsonSchema, jsonPath: string, field: string): FieldError[] {
  if (jsonPath === '') return [fieldError.required(field)];
  if (!jsonPath.startsWith('.') || jsonPath.includes('[')) {
    const why = jsonPath.includes('[')
      ? 'array notation is not allowed'
      : `expected [ or . but got: ${jsonPath}`;
    return [fieldError.invalid(field, jsonPath, `is an invalid path: ${why}`)];
  }
  const members = jsonPath.slice(1).split('.');
  const found = members.reduce<JsonSchema | undefined>((at, name) => at && propertyOf(at, name), schema);
  if (members[0] === 'metadata')
    return [fieldError.invalid(field, jsonPath, 'must not point to fields in metadata')];
  if (found === undefined) {
    return [fieldError.invalid(field, jsonPath, 'is an invalid path: does not refer to a valid field')];
  }
  if (selectableTypes.includes(found.type ?? '')) return [];
  const detail =
    'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';
  return [fieldError.invalid(field, jsonPath, detail)];
}
