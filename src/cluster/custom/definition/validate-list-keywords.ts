import { type FieldError, fieldError } from '../../../kube/index.ts';
import { type JsonSchema, propertyOf } from '../structural/json-schema.ts';

const listType = 'x-kubernetes-list-type';
const listKeys = 'x-kubernetes-list-map-keys';
const mapType = 'x-kubernetes-map-type';

/** How lists and maps are merged. Source: apiextensions validation.go ValidateCustomResourceDefinitionOpenAPISchema. */
export function validateListKeywords(schema: JsonSchema, path: string): FieldError[] {
  const list = schema[listType];
  return [
    ...wantsType(schema, schema[mapType], 'object', mapType, path),
    ...wantsOneOf(schema[mapType], ['atomic', 'granular'], `${path}.${mapType}`),
    ...wantsType(schema, list, 'array', listType, path),
    ...wantsOneOf(list, ['atomic', 'set', 'map'], `${path}.${listType}`),
    ...(list === 'set' ? setErrors(schema, path) : []),
    ...keysErrors(schema, path),
    ...(list === 'map' ? mapErrors(schema, path) : []),
    ...(schema.items?.nullable === true && (list === 'set' || list === 'map')
      ? [
          fieldError.forbidden(
            `${path}.items.nullable`,
            `cannot be nullable when x-kubernetes-list-type is ${list}`,
          ),
        ]
      : []),
  ];
}

function wantsType(
  { type = '' }: JsonSchema,
  value: string | undefined,
  wanted: string,
  keyword: string,
  path: string,
): FieldError[] {
  if (value === undefined || type === wanted) return [];
  const detail = `must be ${wanted} if ${keyword} is specified`;
  return [
    type === ''
      ? fieldError.required(`${path}.type`, detail)
      : fieldError.invalid(`${path}.type`, type, detail),
  ];
}

function wantsOneOf(value: string | undefined, allowed: readonly string[], field: string): FieldError[] {
  return value === undefined || allowed.includes(value)
    ? []
    : [fieldError.notSupported(field, value, allowed)];
}

function setErrors({ items }: JsonSchema, path: string): FieldError[] {
  const detail = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  if (items?.type === 'array' && (items[listType] ?? 'atomic') !== 'atomic') {
    return [fieldError.invalid(`${path}.items.${listType}`, items[listType], detail)];
  }
  if (items?.type !== 'object' || items[mapType] === 'atomic') return [];
  return [fieldError.invalid(`${path}.items.${mapType}`, items[mapType] ?? null, detail)];
}

function keysErrors(schema: JsonSchema, path: string): FieldError[] {
  if ((schema[listKeys] ?? []).length === 0 || schema[listType] === 'map') return [];
  const detail = 'must be map if x-kubernetes-list-map-keys is non-empty';
  const field = `${path}.${listType}`;
  return [
    schema[listType] === undefined
      ? fieldError.required(field, detail)
      : fieldError.invalid(field, schema[listType], detail),
  ];
}

function mapErrors(schema: JsonSchema, path: string): FieldError[] {
  const { items } = schema;
  const keys = schema[listKeys] ?? [];
  return [
    ...(keys.length === 0
      ? [fieldError.required(`${path}.${listKeys}`, 'must not be empty if x-kubernetes-list-type is map')]
      : []),
    ...(items === undefined
      ? [fieldError.required(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map')]
      : itemErrors(items, keys, path)),
  ];
}

function itemErrors(items: JsonSchema, keys: readonly string[], path: string): FieldError[] {
  if (items.type !== 'object') {
    const detail = "must be object if parent array's x-kubernetes-list-type is map";
    return [fieldError.invalid(`${path}.items.type`, items.type ?? '', detail)];
  }
  return keys.flatMap((key, index) => [
    ...keyErrors(items, key, keys, path),
    ...(keys.indexOf(key) < index
      ? [fieldError.invalid(`${path}.${listKeys}`, keys, 'must not contain duplicate entries')]
      : []),
  ]);
}

function keyErrors(items: JsonSchema, key: string, keys: readonly string[], path: string): FieldError[] {
  const property = propertyOf(items, key);
  if (property === undefined) {
    return [fieldError.invalid(`${path}.${listKeys}`, keys, 'entries must all be names of item properties')];
  }
  const field = `${path}.items.properties[${key}]`;
  const isOptional = items.required?.includes(key) !== true && property.default === undefined;
  return [
    ...(property.type === 'array' || property.type === 'object'
      ? [
          fieldError.invalid(
            `${field}.type`,
            items.type,
            "must be a scalar type if parent array's x-kubernetes-list-type is map",
          ),
        ]
      : []),
    ...(isOptional
      ? [
          fieldError.required(
            `${field}.default`,
            'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
          ),
        ]
      : []),
    ...(property.nullable === true
      ? [
          fieldError.forbidden(
            `${field}.nullable`,
            'this property is in x-kubernetes-list-map-keys, so it cannot be nullable',
          ),
        ]
      : []),
  ];
}
