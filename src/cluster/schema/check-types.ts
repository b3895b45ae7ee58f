import { isDeeperThan } from '../../kube/index.ts';
import type { ResourceType } from '../resources/index.ts';
import { goJsonType } from './json-object.ts';
import { quantityPattern, quantityPatternText } from './quantity.ts';
import { namedNode, type SchemaForm, type SchemaNode } from './schema-node.ts';
import { schemaOf } from './schema-of.ts';

/** Free-form values (managedFields) are stored and walked as they are; real ones are a dozen levels deep. */
const maxOpaqueDepth = 100;

/** Where a value is: its path without indices and map keys, and the struct that holds it, as encoding/json reports. */
export interface Place {
  readonly struct: string;
  readonly path: string;
}

/**
 * The first value of a wrong JSON type, in the words of Go's encoding/json (`json: cannot unmarshal …`), or undefined
 * when the object fits its type. Unknown fields are not looked at; null fits everything.
 */
export function checkTypes(type: ResourceType, object: unknown): string | undefined {
  if (type.custom !== undefined) return type.custom.typeProblem(object);
  return typeProblem(schemaOf(type), object, { struct: '', path: '' });
}

/** The same of a value that a component schema describes, by its name. */
export function problemOfTypes(schema: string, value: unknown): string | undefined {
  return typeProblem(namedNode(schema), value, { struct: '', path: '' });
}

/** The same of a value at a place in an object. */
export function typeProblem(node: SchemaNode, value: unknown, place: Place): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (node.takesBoolean && typeof value === 'boolean') return undefined;
  if (node.form === 'struct' || node.form === 'map') {
    return goJsonType(value) === 'object' ? checkMembers(node, value, place) : mismatch(node, value, place);
  }
  if (node.form === 'list') {
    return Array.isArray(value) ? checkElements(node, value, place) : mismatch(node, value, place);
  }
  return leafChecks[node.form](value, node, place);
}

function checkMembers(node: SchemaNode, value: object, place: Place): string | undefined {
  const struct = node.form === 'struct' ? (node.goType.split('.').at(-1) ?? '') : place.struct;
  for (const [key, child] of Object.entries(value)) {
    const childNode = node.form === 'struct' ? node.fields().get(key) : node.elements();
    if (childNode === undefined) continue;
    const path = node.form === 'map' ? place.path : pathOf(node, key, place.path);
    const problem = typeProblem(childNode, child, { struct, path });
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function pathOf(node: SchemaNode, key: string, above: string): string {
  const embedded = node.go?.embedded.get(key);
  return [above, embedded, key].filter(Boolean).join('.');
}

function checkElements(node: SchemaNode, value: readonly unknown[], place: Place): string | undefined {
  const elements = node.elements();
  if (elements === undefined) return undefined;
  for (const element of value) {
    const problem = typeProblem(elements, element, place);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

type LeafForm = Exclude<SchemaForm, 'struct' | 'map' | 'list'>;
type LeafCheck = (value: unknown, node: SchemaNode, place: Place) => string | undefined;

const leafChecks: Readonly<Record<LeafForm, LeafCheck>> = {
  string: (value, node, place) => (typeof value === 'string' ? undefined : mismatch(node, value, place)),
  boolean: (value, node, place) => (typeof value === 'boolean' ? undefined : mismatch(node, value, place)),
  number: (value, node, place) => (typeof value === 'number' ? undefined : mismatch(node, value, place)),
  integer: checkInteger,
  bytes: checkBytes,
  time: checkTime,
  quantity: checkQuantity,
  intOrString: checkIntOrString,
  opaque: (value) => (isDeeperThan(value, maxOpaqueDepth) ? 'json: exceeded max depth' : undefined),
};

function checkInteger(value: unknown, node: SchemaNode, place: Place): string | undefined {
  if (typeof value !== 'number') return mismatch(node, value, place);
  return fits(value, node.goType) ? undefined : mismatch(node, value, place, goNumber(value));
}

function fits(value: number, goType: string): boolean {
  return Number.isSafeInteger(value) && (goType !== 'int32' || (value >= -(2 ** 31) && value < 2 ** 31));
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function checkBytes(value: unknown, node: SchemaNode, place: Place): string | undefined {
  if (typeof value !== 'string') return mismatch(node, value, place);
  // Go's decoder skips line breaks, and `base64` without -w0 writes them.
  const text = value.replaceAll(/[\r\n]/g, '');
  if (base64.test(text)) return undefined;
  const bad = text.search(/[^A-Za-z0-9+/]/);
  return `illegal base64 data at input byte ${bad < 0 ? Math.max(text.length - 1, 0) : bad}`;
}

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

function checkTime(value: unknown, node: SchemaNode, place: Place): string | undefined {
  if (typeof value !== 'string') return cannotUnmarshal(goJsonType(value), place, 'string');
  if (node.goType === 'v1.MicroTime') return microTimeProblem(value);
  if (rfc3339.test(value) && !Number.isNaN(Date.parse(value))) return undefined;
  return `parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(value)} as "2006"`;
}

const rfc3339Micro = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(?:Z|[+-]\d\d:\d\d)$/;

/** Of leases and events: always with microseconds. */
function microTimeProblem(value: string): string | undefined {
  if (rfc3339Micro.test(value) && !Number.isNaN(Date.parse(value))) return undefined;
  const [, zone] = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d((?:\.\d*)?(?:Z|[+-]\d\d:\d\d))$/.exec(value) ?? [];
  const [rest, wanted] = zone === undefined ? [value, '2006'] : [zone, '.000000'];
  const layout = '2006-01-02T15:04:05.000000Z07:00';
  return `parsing time ${JSON.stringify(value)} as "${layout}": cannot parse ${JSON.stringify(rest)} as "${wanted}"`;
}

/** Longer than any amount of anything. */
const MAX_QUANTITY_LENGTH = 64;

function checkQuantity(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text.length <= MAX_QUANTITY_LENGTH && quantityPattern.test(text)
    ? undefined
    : `quantities must match the regular expression '${quantityPatternText}'`;
}

function checkIntOrString(value: unknown, _node: SchemaNode, place: Place): string | undefined {
  if (typeof value === 'string') return undefined;
  if (typeof value === 'number' && fits(value, 'int32')) return undefined;
  const got = typeof value === 'number' ? goNumber(value) : goJsonType(value);
  return cannotUnmarshal(got, place, 'int32');
}

function mismatch(node: SchemaNode, value: unknown, place: Place, got: string = goJsonType(value)): string {
  return cannotUnmarshal(got, place, node.goType);
}

function cannotUnmarshal(got: string, { struct, path }: Place, goType: string): string {
  const into = path === '' ? 'Go value' : `Go struct field ${struct}.${path}`;
  return `json: cannot unmarshal ${got} into ${into} of type ${goType}`;
}

/** A number that does not fit is named. */
function goNumber(value: number): string {
  return `number ${value}`;
}
