import { type CelType, declareType, mapList, setList, valueOfText } from '../../../cel/index.ts';
import { isJsonObject } from '../../schema/index.ts';
import { isEmbedded, isIntOrString, type JsonSchema, valuesOf } from '../structural/json-schema.ts';
import { escapeName } from './escape-name.ts';

/** How rules see the values of a schema. */
export interface Declaration {
  readonly type: CelType;
  /** A JSON value as rules see it: whole numbers are ints, times are times, and what is not declared is not there. */
  seen(value: unknown): unknown;
}

const plain = (value: unknown): unknown => value;
const text: Declaration = { type: declareType.string, seen: plain };

/**
 * The declaration of a schema; undefined for values that rules do not see.
 * Source: apiserver/pkg/cel/common/schemas.go SchemaDeclType, values.go.
 * @param isResource whether it has apiVersion, kind and metadata as every object
 */
export function declareSchema(schema: JsonSchema, isResource = isEmbedded(schema)): Declaration | undefined {
  if (isIntOrString(schema)) return { type: declareType.dynamic, seen: intOrString };
  switch (schema.type) {
    case 'array':
      return declareList(schema);
    case 'object':
      return schema.additionalProperties === undefined
        ? declareObject(schema, isResource)
        : declareMap(schema);
    case 'string':
      return declareText(schema.format ?? '');
    case 'boolean':
      return { type: declareType.bool, seen: plain };
    case 'number':
      return { type: declareType.double, seen: plain };
    case 'integer':
      return { type: declareType.int, seen: intOrString };
    default:
      return undefined;
  }
}

function intOrString(value: unknown): unknown {
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value;
}

function declareText(format: string): Declaration {
  const types: Readonly<Record<string, CelType>> = {
    byte: declareType.bytes,
    duration: declareType.duration,
    date: declareType.timestamp,
    'date-time': declareType.timestamp,
  };
  const type = Object.hasOwn(types, format) ? types[format] : undefined;
  if (type === undefined) return text;
  return { type, seen: (value) => (typeof value === 'string' ? valueOfText(type, value) : value) };
}

function declareList(schema: JsonSchema): Declaration | undefined {
  const { items } = schema;
  const item = items && declareSchema(items);
  if (item === undefined) return undefined;
  const marked = markList(schema);
  return {
    type: declareType.list(item.type),
    seen: (value) => (Array.isArray(value) ? marked(value.map((each) => valueIn(item, each))) : value),
  };
}

/** Says of a list what is known of its order. */
function markList(schema: JsonSchema): (list: unknown[]) => unknown {
  const itemType = schema.items?.type ?? '';
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return itemType === 'object' || itemType === 'array' ? plain : setList;
    case 'map': {
      const names = (schema['x-kubernetes-list-map-keys'] ?? []).map((name) => escapeName(name) ?? name);
      return (list) => mapList(list, names);
    }
    default:
      return plain;
  }
}

function declareMap(schema: JsonSchema): Declaration | undefined {
  const values = valuesOf(schema);
  const declared = values && declareSchema(values);
  if (declared === undefined) return undefined;
  return {
    type: declareType.map(declared.type),
    seen: (value) =>
      isJsonObject(value)
        ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, valueIn(declared, each)]))
        : value,
  };
}

interface Member {
  readonly name: string;
  readonly escaped: string;
  readonly declared: Declaration;
}

const metadata = declareMembers([
  ['name', text],
  ['generateName', text],
]);

function declareObject({ properties = {} }: JsonSchema, isResource: boolean): Declaration {
  const own = Object.entries(properties).map(([name, property]) => [name, declareSchema(property)] as const);
  const meta = isResource
    ? ([
        ['apiVersion', text],
        ['kind', text],
        ['metadata', metadata],
      ] as const)
    : [];
  return declareMembers([...own, ...meta]);
}

/** Later members of a name win. */
function declareMembers(declarations: readonly (readonly [string, Declaration | undefined])[]): Declaration {
  const members = new Map<string, Member>();
  for (const [name, declared] of declarations) {
    const escaped = escapeName(name);
    if (declared !== undefined && escaped !== undefined) members.set(name, { name, escaped, declared });
  }
  const all = [...members.values()];
  return {
    type: declareType.object(new Map(all.map(({ escaped, declared }) => [escaped, declared.type]))),
    seen: (value) => (isJsonObject(value) ? valueOfMembers(all, value) : value),
  };
}

function valueOfMembers(members: readonly Member[], value: Readonly<Record<string, unknown>>): unknown {
  // A member that is null is as one that is not there; elements of lists and maps may be null.
  const present = members.filter(({ name }) => Object.hasOwn(value, name) && value[name] !== null);
  return Object.fromEntries(
    present.map(({ name, escaped, declared }) => [escaped, valueIn(declared, value[name])]),
  );
}

function valueIn(declared: Declaration, value: unknown): unknown {
  return value === null ? null : declared.seen(value);
}
