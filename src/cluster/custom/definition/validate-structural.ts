import { isDeepStrictEqual } from 'node:util';
import { type FieldError, fieldError } from '../../../kube/index.ts';
import {
  hasValues,
  isEmbedded,
  isIntOrString,
  type JsonSchema,
  preservesUnknown,
  propertyOf,
  valuesOf,
} from '../structural/json-schema.ts';
import { isPattern } from '../validate/pattern.ts';

type Level = 'root' | 'item' | 'field';

const intOrString: readonly JsonSchema[] = [{ type: 'integer' }, { type: 'string' }];

const emptyTypes: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};

/** What keeps a schema from being structural. Source: apiextensions-apiserver/pkg/apiserver/schema/validation.go. */
export function structuralErrors(schema: JsonSchema, path: string, level: Level = 'root'): FieldError[] {
  const values = valuesOf(schema);
  const { items, properties = {} } = schema;
  return [
    ...(schema.type === 'array' && items === undefined
      ? [fieldError.required(`${path}.items`, 'must be specified')]
      : []),
    ...(items === undefined ? [] : structuralErrors(items, `${path}.items`, 'item')),
    ...Object.entries(properties).flatMap(([name, property]) =>
      structuralErrors(property, `${path}.properties[${name}]`, 'field'),
    ),
    ...(level === 'root' && hasValues(schema)
      ? [fieldError.forbidden(`${path}.additionalProperties`, 'must not be used at the root')]
      : []),
    ...(values === undefined ? [] : structuralErrors(values, `${path}.additionalProperties`, 'field')),
    ...extensionErrors(schema, path),
    ...valueErrors(schema, path, {
      skipsAnyOf: isDeepStrictEqual(schema.anyOf, intOrString),
      skipsFirstAllOf: isDeepStrictEqual(schema.allOf?.[0]?.anyOf, intOrString),
    }),
    ...typeErrors(schema, path, level),
    ...metaErrors(schema, path, level),
  ];
}

function extensionErrors(schema: JsonSchema, path: string): FieldError[] {
  if (!isIntOrString(schema)) return [];
  const detail = 'must be false if x-kubernetes-int-or-string is true';
  return [
    ...(preservesUnknown(schema)
      ? [fieldError.invalid(`${path}.x-kubernetes-preserve-unknown-fields`, true, detail)]
      : []),
    ...(isEmbedded(schema)
      ? [fieldError.invalid(`${path}.x-kubernetes-embedded-resource`, true, detail)]
      : []),
  ];
}

function typeErrors(schema: JsonSchema, path: string, level: Level): FieldError[] {
  const { type = '' } = schema;
  const field = `${path}.type`;
  const errors: FieldError[] = [];
  if (isEmbedded(schema) && type !== 'object') {
    const detail = 'must be object if x-kubernetes-embedded-resource is true';
    errors.push(type === '' ? fieldError.required(field, detail) : fieldError.invalid(field, type, detail));
  } else if (type === '' && !isIntOrString(schema) && !preservesUnknown(schema)) {
    errors.push(fieldError.required(field, emptyTypes[level]));
  }
  if (isEmbedded(schema) && hasValues(schema)) {
    const detail = 'must not be used if x-kubernetes-embedded-resource is set';
    errors.push(fieldError.forbidden(`${path}.additionalProperties`, detail));
  }
  if (level === 'root' && type !== '' && type !== 'object') {
    errors.push(fieldError.invalid(field, type, 'must be object at the root'));
  }
  if (isEmbedded(schema) && !preservesUnknown(schema) && Object.keys(schema.properties ?? {}).length === 0) {
    const detail =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
    errors.push(fieldError.required(`${path}.properties`, detail));
  }
  return errors;
}

/** What every object has is not for a schema to say, but for its name. */
function metaErrors(schema: JsonSchema, path: string, level: Level): FieldError[] {
  if (level !== 'root' && !isEmbedded(schema)) return [];
  const texts = ['kind', 'apiVersion'].flatMap((name) => {
    const property = propertyOf(schema, name);
    if (property === undefined || property.type === 'string') return [];
    return [fieldError.invalid(`${path}.properties[${name}].type`, property.type ?? '', 'must be string')];
  });
  const metadata = propertyOf(schema, 'metadata');
  if (metadata === undefined) return texts;
  const field = `${path}.properties[metadata]`;
  const { type, description: _, default: __, properties = {}, ...rest } = metadata;
  const isBare =
    Object.keys(rest).length === 0 &&
    Object.keys(properties).every((name) => name === 'name' || name === 'generateName');
  const detail =
    'must not specify anything other than name and generateName, but metadata is implicitly specified';
  return [
    ...texts,
    ...(type === 'object' ? [] : [fieldError.invalid(`${field}.type`, type ?? '', 'must be object')]),
    ...(level !== 'root' || isBare ? [] : [fieldError.forbidden(field, detail)]),
  ];
}

interface Exceptions {
  readonly skipsAnyOf?: boolean;
  readonly skipsFirstAllOf?: boolean;
}

function valueErrors(
  schema: JsonSchema,
  path: string,
  { skipsAnyOf, skipsFirstAllOf }: Exceptions,
): FieldError[] {
  const { anyOf = [], allOf = [], oneOf = [], not, pattern = '' } = schema;
  return [
    ...(skipsAnyOf === true
      ? []
      : anyOf.flatMap((each, index) => nestedErrors(each, `${path}.anyOf[${index}]`))),
    ...allOf.flatMap((each, index) =>
      nestedErrors(each, `${path}.allOf[${index}]`, { skipsAnyOf: skipsFirstAllOf === true && index === 0 }),
    ),
    ...oneOf.flatMap((each, index) => nestedErrors(each, `${path}.oneOf[${index}]`)),
    ...(not === undefined ? [] : nestedErrors(not, `${path}.not`)),
    ...(pattern === '' || isPattern(pattern)
      ? []
      : [
          fieldError.invalid(
            `${path}.pattern`,
            pattern,
            `must be a valid regular expression, but isn't: error parsing regexp: \`${pattern}\``,
          ),
        ]),
  ];
}

/** Alternatives restrict values; what values look like is said outside of them. */
function nestedErrors(schema: JsonSchema, path: string, exceptions: Exceptions = {}): FieldError[] {
  const { items, properties = {} } = schema;
  return [
    ...valueErrors(schema, path, exceptions),
    ...(items === undefined ? [] : nestedErrors(items, `${path}.items`)),
    ...Object.entries(properties).flatMap(([name, property]) =>
      nestedErrors(property, `${path}.properties[${name}]`),
    ),
    ...forbiddenInside
      .filter(([keyword]) => isSet(schema[keyword]))
      .map(([keyword, detail]) => fieldError.forbidden(`${path}.${keyword}`, detail)),
    ...(propertyOf(schema, 'metadata') === undefined
      ? []
      : [fieldError.forbidden(`${path}.properties[metadata]`, 'must not be specified in a nested context')]),
  ];
}

function isSet(value: unknown): boolean {
  return (
    value !== undefined && value !== '' && value !== false && !(Array.isArray(value) && value.length === 0)
  );
}

const forbiddenInside: readonly (readonly [keyof JsonSchema, string])[] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
];

/**
 * What alternatives restrict has to be specified outside of them.
 * Source: apiextensions-apiserver/pkg/apiserver/schema/complete.go.
 */
export function completenessErrors(schema: JsonSchema, path: string): FieldError[] {
  return alternativesOf(schema, path).flatMap(([nested, at]) => nestedCompleteness(nested, schema, path, at));
}

function nestedCompleteness(
  nested: JsonSchema,
  schema: JsonSchema | undefined,
  path: string,
  at: string,
): FieldError[] {
  if (schema === undefined) return [fieldError.required(path, `because it is defined in ${at}`)];
  return [
    ...alternativesOf(nested, at).flatMap(([inner, innerAt]) =>
      nestedCompleteness(inner, schema, path, innerAt),
    ),
    ...(nested.items === undefined
      ? []
      : nestedCompleteness(nested.items, schema.items, `${path}.items`, `${at}.items`)),
    ...Object.entries(nested.properties ?? {}).flatMap(([name, property]) => {
      const [own, ownAt] = [`${path}.properties[${name}]`, `${at}.properties[${name}]`];
      return nestedCompleteness(property, propertyOf(schema, name), own, ownAt);
    }),
  ];
}

function alternativesOf(schema: JsonSchema, at: string): readonly (readonly [JsonSchema, string])[] {
  const { not, allOf = [], anyOf = [], oneOf = [] } = schema;
  const listed = (list: readonly JsonSchema[], keyword: string) =>
    list.map((each, index) => [each, `${at}.${keyword}[${index}]`] as const);
  return [
    ...(not === undefined ? [] : [[not, `${at}.not`] as const]),
    ...listed(allOf, 'allOf'),
    ...listed(anyOf, 'anyOf'),
    ...listed(oneOf, 'oneOf'),
  ];
}
