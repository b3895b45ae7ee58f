import type { ResourceType } from '../resources/index.ts';
import { typeProblem } from './check-types.ts';
import { isJsonObject } from './json-object.ts';
import type { SchemaForm, SchemaNode } from './schema-node.ts';
import { schemaOf } from './schema-of.ts';

/**
 * The first value of a wrong type in the words of API machinery, which restores the result of a strategic merge patch without
 * writing it as JSON first, or undefined. Source: apimachinery/pkg/runtime/converter.go FromUnstructured.
 */
export function restoreProblem(type: ResourceType, object: unknown): string | undefined {
  return problemOf(schemaOf(type), object);
}

function problemOf(node: SchemaNode, value: unknown): string | undefined {
  if (value === null || value === undefined || node.takesBoolean) return undefined;
  if (node.form === 'struct') {
    if (!isJsonObject(value)) return `cannot restore struct from: ${kindOf(value)}`;
    const fields = node.fields();
    return first(Object.entries(value), ([key, child]) => {
      const field = fields.get(key);
      return field === undefined ? undefined : problemOf(field, child);
    });
  }
  const elements = node.elements();
  if (node.form === 'map') {
    if (!isJsonObject(value)) return `cannot restore map from ${kindOf(value)}`;
    return first(Object.values(value), (child) => elements && problemOf(elements, child));
  }
  if (node.form === 'list') {
    if (!Array.isArray(value)) return `cannot restore slice from ${kindOf(value)}`;
    return first(value, (child) => elements && problemOf(elements, child));
  }
  return scalarProblem(node, value);
}

function first<T>(values: readonly T[], judge: (value: T) => string | undefined): string | undefined {
  for (const value of values) {
    const problem = judge(value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** What Go converts into a kind of its own, and so refuses in other words. */
const convertible: Partial<Record<SchemaForm, readonly string[]>> = {
  string: ['int64'],
  integer: ['float64'],
};
const fitting: Partial<Record<SchemaForm, readonly string[]>> = {
  string: ['string'],
  integer: ['int64'],
  number: ['int64', 'float64'],
  boolean: ['bool'],
};

function scalarProblem(node: SchemaNode, value: unknown): string | undefined {
  const fits = fitting[node.form];
  // Types that read JSON themselves say the same as ever.
  if (fits === undefined) return typeProblem(node, value, { struct: '', path: '' });
  const kind = kindOf(value);
  if (fits.includes(kind)) return undefined;
  if (convertible[node.form]?.includes(kind) === true) return `cannot convert ${kind} to ${node.goType}`;
  return `unrecognized type: ${plainKinds[node.form] ?? node.goType}`;
}

const plainKinds: Partial<Record<SchemaForm, string>> = { string: 'string', boolean: 'bool' };

/** The kind that a value of JSON has in Go. */
function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'slice';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'object' ? 'map' : typeof value;
}
