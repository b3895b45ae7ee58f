import { type FieldError, fieldError } from '../../../kube/index.ts';
import type { KubeObject, ResourceType } from '../../resources/index.ts';
import { isJsonObject } from '../json-object.ts';
import type { SchemaNode } from '../schema-node.ts';
import { schemaOf } from '../schema-of.ts';

/**
 * The rules that the schema itself states: enumerations, and required fields that have no zero value to stand in for
 * them. Lists and numbers are left to the kinds' own rules, since Kubernetes often takes an empty list or a zero.
 */
export function validateBySchema(type: ResourceType, object: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, node] of schemaOf(type).fields()) {
    if (!serverFields.has(key) && Object.hasOwn(object, key)) visit(node, object[key], key, errors);
  }
  return errors;
}

/** metadata has its own rules; status is written by controllers, which know what they write. */
const serverFields = new Set(['apiVersion', 'kind', 'metadata', 'status']);

/** Required in the schema, but the empty string is a value. */
const mayBeEmpty = new Set(['v1.HTTPHeader.value', 'v1.Sysctl.value']);

/** Values that Kubernetes does not print in alphabetical order, which is the schema's. */
const printed = [
  ['Always', 'OnFailure', 'Never'],
  ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'],
  ['NoSchedule', 'PreferNoSchedule', 'NoExecute'],
  ['Equal', 'Exists'],
  ['PreemptLowerPriority', 'Never'],
  ['File', 'FallbackToLogsOnError'],
  ['Ingress', 'Egress'],
  ['NonIndexed', 'Indexed'],
].map((values) => [values.toSorted().join(), values] as const);
const orders: ReadonlyMap<string, readonly string[]> = new Map(printed);

function asPrinted(values: readonly string[]): readonly string[] {
  return orders.get(values.toSorted().join()) ?? values;
}

/** Fields that the kind's own rules look at, with other words or another path. */
const inOwnWords = new Set(['v1.Taint.effect', 'v1.Taint.key', 'v1.Toleration.operator']);

function visit(node: SchemaNode, value: unknown, path: string, errors: FieldError[]): void {
  if (typeof value === 'string') {
    if (value !== '' && node.enum.length > 0 && !node.enum.includes(value)) {
      errors.push(fieldError.notSupported(path, value, asPrinted(node.enum)));
    }
    return;
  }
  const elements = node.elements();
  if (Array.isArray(value)) {
    if (elements === undefined) return;
    for (const [index, element] of value.entries()) visit(elements, element, `${path}[${index}]`, errors);
    return;
  }
  if (!isJsonObject(value)) return;
  if (node.form === 'struct') visitStruct(node, value, path, errors);
  if (elements === undefined) return;
  for (const [key, element] of Object.entries(value)) visit(elements, element, `${path}[${key}]`, errors);
}

function visitStruct(
  node: SchemaNode,
  value: Record<string, unknown>,
  path: string,
  errors: FieldError[],
): void {
  for (const key of node.required) {
    const form = node.fields().get(key)?.form;
    const isChecked = form === 'string' || form === 'struct' || form === 'intOrString';
    const name = `${node.goType}.${key}`;
    if (!isChecked || mayBeEmpty.has(name) || inOwnWords.has(name)) continue;
    const child = Object.hasOwn(value, key) ? value[key] : undefined;
    if (child === undefined || child === '') errors.push(fieldError.required(`${path}.${key}`));
  }
  for (const [key, child] of Object.entries(value)) {
    const field = node.fields().get(key);
    if (field !== undefined && key !== 'status' && !inOwnWords.has(`${node.goType}.${key}`))
      visit(field, child, `${path}.${key}`, errors);
  }
}
