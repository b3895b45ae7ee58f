import type { KubeObject, ResourceType } from '../resources/index.ts';
import { isJsonObject } from './json-object.ts';
import type { SchemaForm, SchemaNode } from './schema-node.ts';
import { schemaOf } from './schema-of.ts';

type Json = Record<string, unknown>;

/** What Go writes for a field that it has no value for, when it writes the field at all; null for all else. */
const zeros: Partial<Record<SchemaForm, unknown>> = {
  string: '',
  integer: 0,
  number: 0,
  boolean: false,
  quantity: '0',
  intOrString: 0,
};

/** What is put into a struct when it is absent, and where there may be more structs. */
interface Plan {
  readonly zeros: readonly (readonly [string, unknown])[];
  /** Structs that Go holds by value, so that they are never absent. */
  readonly structs: readonly string[];
  readonly below: readonly (readonly [string, SchemaNode])[];
}

const plans = new WeakMap<ReadonlyMap<string, SchemaNode>, Plan>();

/**
 * Puts into an object what Go writes although nobody has set it: zeros of fields without `omitempty` (a condition's
 * `lastProbeTime: null`), and structs that are held by value (`status: {}`, `resources: {}`). Edits the object, and
 * nothing that is there. What a definition describes has none.
 */
export function addZeros(type: ResourceType, object: KubeObject): void {
  if (type.custom === undefined) fillStruct(schemaOf(type), object);
}

/** The same of a value of a struct. Returns it. */
export function fillStruct<T extends Json>(node: SchemaNode, value: T): T {
  const known = plans.get(node.fields());
  const plan = known ?? planOf(node);
  if (known === undefined) plans.set(node.fields(), plan);
  const filled: Json = value;
  for (const [key, zero] of plan.zeros) filled[key] ??= zero;
  for (const key of plan.structs) filled[key] ??= {};
  for (const [key, field] of plan.below) fill(field, filled[key]);
  return value;
}

function fill(node: SchemaNode, value: unknown): void {
  if (value === undefined || value === null) return;
  const elements = node.elements();
  if (elements === undefined) {
    if (isJsonObject(value)) fillStruct(node, value);
  } else if (typeof value === 'object') for (const element of Object.values(value)) fill(elements, element);
}

function planOf(node: SchemaNode): Plan {
  const { go } = node;
  const fields = [...node.fields()];
  const printed = fields.filter(([key]) => go?.printed.has(key) === true);
  const nulls = fields.filter(([key]) => go?.nulls.has(key) === true);
  const structs = fields.filter(([, field]) => field.form === 'struct' && isJsonObject(field.default));
  return {
    zeros: [
      ...printed.map(([key, field]) => [key, zeros[field.form] ?? null] as const),
      ...nulls.map(([key]) => [key, null] as const),
    ],
    structs: go === undefined ? [] : structs.map(([key]) => key),
    below: fields.filter(([, field]) => holdsStructs(field)),
  };
}

function holdsStructs(node: SchemaNode): boolean {
  const elements = node.elements();
  return elements === undefined ? node.form === 'struct' : holdsStructs(elements);
}
