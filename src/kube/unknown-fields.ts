import { MOST_STRICT_ERRORS } from './most-strict-errors.ts';
import { LEAF_CONVERSIONS, RAW_EXTENSION } from './protobuf/leaf-messages.ts';
import { messageOfKind } from './protobuf/message-of-kind.ts';
import { type FieldPlan, messagePlan } from './protobuf/message-table.ts';

const TYPE_META: ReadonlySet<string> = new Set(['apiVersion', 'kind']);

/**
 * Members of an object that its kind does not have, in document order, each as Kubernetes words it:
 * `unknown field "spec.foo"`. By the tables of the protobuf form, which has the same fields; none for a kind without one.
 * Source: Kubernetes sigs.k8s.io/json UnmarshalStrict.
 */
export function unknownFieldsOfKind(apiVersion: string, kind: string, object: unknown): string[] {
  const message = messageOfKind(apiVersion, kind);
  if (message === undefined) return [];
  const found: string[] = [];
  visit(message, object, '', found);
  return found;
}

function visit(message: string, value: unknown, path: string, found: string[]): void {
  // A leaf has a form of its own in JSON.
  if (!isObject(value) || LEAF_CONVERSIONS.has(message) || message === RAW_EXTENSION) return;
  const fields = fieldsOf(message);
  for (const [key, child] of Object.entries(value)) {
    if (found.length >= MOST_STRICT_ERRORS) return;
    const at = path === '' ? key : `${path}.${key}`;
    const field = fields.get(key);
    if (field !== undefined) visitField(field, child, at, found);
    else if (path !== '' || !TYPE_META.has(key)) found.push(`unknown field "${at}"`);
  }
}

function visitField(
  { type, message, shape }: FieldPlan,
  value: unknown,
  path: string,
  found: string[],
): void {
  if (type !== 'message') return;
  if (shape === 'repeated' && Array.isArray(value)) {
    value.forEach((item, index) => void visit(message, item, `${path}[${index}]`, found));
  } else if (shape === 'map' && isObject(value)) {
    for (const [key, item] of Object.entries(value)) visit(message, item, `${path}.${key}`, found);
  } else if (shape === 'single') {
    visit(message, value, path, found);
  }
}

/** By JSON name; what Go embeds stands among its parent's. */
function fieldsOf(message: string): ReadonlyMap<string, FieldPlan> {
  const fields = new Map<string, FieldPlan>();
  for (const field of messagePlan(message)?.values() ?? []) {
    if (!field.inlined) fields.set(field.name, field);
    else for (const [name, inner] of fieldsOf(field.message)) fields.set(name, inner);
  }
  return fields;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
