import { type CelType, declareType, mapList, setList, valueOfText } from '../../../cel/index.ts';
import { isJsonObject } from '../../schema/index.ts';
import { isEmbedded, isIntOrString, type JsonSchema, valuesOf } from '../structural/json-schema.ts';
import { escapeName } from './escape-name.ts';

/** How rules see the values of a schema. */
export interface Declaration {
  /** With how large its values can be, by what the schema says and by what fits into a request. */
  readonly type: CelType;
  /** The fewest bytes of JSON that a value has. */
  readonly smallest: number;
  /** A JSON value as rules see it: whole numbers are ints, times are times, and what is not declared is not there. */
  seen(value: unknown): unknown;
}

const plain = (value: unknown): unknown => value;
/** Source: apiserver/pkg/apis/cel MaxRequestSizeBytes. */
const mostBytes = 3 * 1024 * 1024;
/** Without its quotation marks. */
const longestText = mostBytes - 2;
const text = declarePlain(declareType.bounded(declareType.string, longestText), 2);

function declarePlain(type: CelType, smallest: number): Declaration {
  return { type, smallest, seen: plain };
}

/**
 * The declaration of a schema; undefined for values that rules do not see.
 * Source: apiserver/pkg/cel/common/schemas.go SchemaDeclType, values.go.
 * @param isResource whether it has apiVersion, kind and metadata as every object
 */
export function declareSchema(schema: JsonSchema, isResource = isEmbedded(schema)): Declaration | undefined {
  if (isIntOrString(schema)) {
    const type = declareType.bounded(declareType.dynamic, longestOf(schema));
    return { type, smallest: 1, seen: intOrString };
  }
  switch (schema.type) {
    case 'array':
      return declareList(schema);
    case 'object':
      return schema.additionalProperties === undefined
        ? declareObject(schema, isResource)
        : declareMap(schema);
    case 'string':
      return declareText(schema);
    case 'boolean':
      return declarePlain(declareType.bounded(declareType.bool, 0), 4);
    case 'number':
      return declarePlain(declareType.bounded(declareType.double, 0), 1);
    case 'integer':
      return { type: declareType.bounded(declareType.int, 0), smallest: 1, seen: intOrString };
    default:
      return undefined;
  }
}

function intOrString(value: unknown): unknown {
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value;
}

/** Of a text with a format: its type, the most characters of it and the fewest bytes. Source: apiserver/pkg/cel/limits.go. */
const formats: Readonly<Record<string, readonly [CelType, number | undefined, number]>> = {
  byte: [declareType.bytes, undefined, 2],
  duration: [declareType.duration, 32, 3],
  date: [declareType.timestamp, 12, 12],
  'date-time': [declareType.timestamp, 32, 21],
};

function declareText(schema: JsonSchema): Declaration {
  const { format = '', maxLength } = schema;
  const [type, most, smallest = 2] = (Object.hasOwn(formats, format) ? formats[format] : undefined) ?? [];
  if (type === undefined) {
    return declarePlain(declareType.bounded(declareType.string, longestOf(schema)), smallest);
  }
  return {
    type: declareType.bounded(type, most ?? maxLength ?? longestText),
    smallest,
    seen: (value) => (typeof value === 'string' ? valueOfText(type, value) : value),
  };
}

/** In bytes, where a schema counts characters. */
function longestOf({ maxLength, enum: choices }: JsonSchema): number {
  if (maxLength !== undefined) return 4 * Math.max(0, maxLength);
  if (choices === undefined || choices.length === 0) return longestText;
  return Math.max(...choices.map((choice) => (typeof choice === 'string' ? Buffer.byteLength(choice) : 0)));
}

function declareList(schema: JsonSchema): Declaration | undefined {
  const { items } = schema;
  const item = items && declareSchema(items);
  if (item === undefined) return undefined;
  const marked = markList(schema);
  const most = schema.maxItems ?? Math.floor(longestText / (item.smallest + 1));
  return {
    type: declareType.bounded(declareType.list(item.type), most),
    smallest: 2,
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
  // A name, its quotation marks, a colon and a comma.
  const most = schema.maxProperties ?? Math.floor(longestText / (declared.smallest + 6));
  return {
    type: declareType.bounded(declareType.map(declared.type), most),
    smallest: 2,
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

function declareObject({ properties = {}, required = [] }: JsonSchema, isResource: boolean): Declaration {
  const own = Object.entries(properties).map(([name, property]) => [name, declareSchema(property)] as const);
  const meta = isResource
    ? ([
        ['apiVersion', text],
        ['kind', text],
        ['metadata', metadata],
      ] as const)
    : [];
  const needed = own.flatMap(([name, declared]) => {
    const isNeeded = required.includes(name) && properties[name]?.default === undefined;
    return isNeeded && declared !== undefined ? [name.length + declared.smallest + 4] : [];
  });
  const smallest = needed.reduce((total, bytes) => total + bytes, 2);
  return { ...declareMembers([...own, ...meta]), smallest };
}

/** Later members of a name win. */
function declareMembers(declarations: readonly (readonly [string, Declaration | undefined])[]): Declaration {
  const members = new Map<string, Member>();
  for (const [name, declared] of declarations) {
    const escaped = escapeName(name);
    if (declared !== undefined && escaped !== undefined) members.set(name, { name, escaped, declared });
  }
  const all = [...members.values()];
  const type = declareType.object(new Map(all.map(({ escaped, declared }) => [escaped, declared.type])));
  return {
    type: declareType.bounded(type, 0),
    smallest: 2,
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
