import { type FieldError, fieldError } from '../../../kube/index.ts';
import { isEmbedded, type JsonSchema, valuesOf } from '../structural/json-schema.ts';
import { validateListKeywords } from './validate-list-keywords.ts';
import { validateRuleKeywords } from './validate-rule-keywords.ts';

/** Where in a schema one is. */
interface Surroundings {
  readonly isRoot: boolean;
  /** Inside of apiVersion, kind or metadata of an object. */
  readonly insideMeta: boolean;
  /** Why nothing here may have a default; undefined where it may. */
  readonly noDefaults: string | undefined;
}

const metaFields = new Set(['metadata', 'apiVersion', 'kind']);
const types = ['array', 'boolean', 'integer', 'number', 'object', 'string'];

/** Source: apiextensions validation.go ValidateCustomResourceDefinitionOpenAPISchema. */
export function validateKeywords(
  schema: JsonSchema,
  path: string,
  around: Surroundings = { isRoot: true, insideMeta: false, noDefaults: undefined },
): FieldError[] {
  return [
    ...standardErrors(schema, path, around),
    ...ownErrors(schema, path),
    ...validateListKeywords(schema, path),
    ...validateRuleKeywords(schema, path),
    ...below(schema, path, around).flatMap(([child, at, inside]) => validateKeywords(child, at, inside)),
  ];
}

function below(
  schema: JsonSchema,
  path: string,
  around: Surroundings,
): readonly (readonly [JsonSchema, string, Surroundings])[] {
  const inside = { ...around, isRoot: false };
  const { properties = {}, items, not, allOf = [], oneOf = [], anyOf = [] } = schema;
  const values = valuesOf(schema);
  const inValues = around.insideMeta
    ? { ...inside, noDefaults: 'inside additionalProperties applying to object metadata' }
    : inside;
  const listed = (list: readonly JsonSchema[], keyword: string) =>
    list.map((each, index) => [each, `${path}.${keyword}[${index}]`, inside] as const);
  return [
    ...(values === undefined ? [] : [[values, `${path}.additionalProperties`, inValues] as const]),
    ...Object.entries(properties).map(([name, property]) => {
      const isMeta = (around.isRoot || isEmbedded(schema)) && metaFields.has(name);
      const noDefaults = isMeta && around.isRoot ? `in top-level ${name}` : around.noDefaults;
      const insideMeta = isMeta || around.insideMeta;
      return [property, `${path}.properties[${name}]`, { isRoot: false, insideMeta, noDefaults }] as const;
    }),
    ...(not === undefined ? [] : [[not, `${path}.not`, inside] as const]),
    ...listed(allOf, 'allOf'),
    ...listed(oneOf, 'oneOf'),
    ...listed(anyOf, 'anyOf'),
    ...(items === undefined ? [] : [[items, `${path}.items`, inside] as const]),
  ];
}

const unsupported: readonly (readonly [string, string])[] = [
  ['id', 'id is not supported'],
  ['additionalItems', 'additionalItems is not supported'],
  ['patternProperties', 'patternProperties is not supported'],
  ['definitions', 'definitions is not supported'],
  ['dependencies', 'dependencies is not supported'],
  ['$ref', '$ref is not supported'],
];

function standardErrors(schema: JsonSchema, path: string, around: Surroundings): FieldError[] {
  const { type = '' } = schema;
  const { noDefaults, insideMeta } = around;
  return [
    ...(type === '' || type === 'null' || types.includes(type)
      ? []
      : [fieldError.notSupported(`${path}.type`, type, types)]),
    ...(schema.default === undefined || noDefaults === undefined
      ? []
      : [fieldError.forbidden(`${path}.default`, `must not be set ${noDefaults}`)]),
    ...unsupported
      .filter(([keyword]) => Object.hasOwn(schema, keyword))
      .map(([keyword, detail]) => fieldError.forbidden(`${path}.${keyword}`, detail)),
    ...(type === 'null'
      ? [fieldError.forbidden(`${path}.type`, 'type cannot be set to null, use nullable as an alternative')]
      : []),
    ...(insideMeta && isEmbedded(schema)
      ? [
          fieldError.forbidden(
            `${path}.x-kubernetes-embedded-resource`,
            'must not be used inside of resource meta',
          ),
        ]
      : []),
  ];
}

function ownErrors(schema: JsonSchema, path: string): FieldError[] {
  const { additionalProperties, properties = {} } = schema;
  const isMixed =
    additionalProperties !== undefined && additionalProperties !== true && Object.keys(properties).length > 0;
  return [
    ...(schema.uniqueItems === true
      ? [
          fieldError.forbidden(
            `${path}.uniqueItems`,
            'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
          ),
        ]
      : []),
    ...(isMixed
      ? [
          fieldError.forbidden(
            `${path}.additionalProperties`,
            'additionalProperties and properties are mutual exclusive',
          ),
        ]
      : []),
    ...(schema['x-kubernetes-preserve-unknown-fields'] === false
      ? [
          fieldError.invalid(
            `${path}.x-kubernetes-preserve-unknown-fields`,
            false,
            'must be true or undefined',
          ),
        ]
      : []),
  ];
}
