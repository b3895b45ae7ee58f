import { MOST_STRICT_ERRORS } from '../../kube/index.ts';
import type { ResourceType } from '../resources/index.ts';
import { isJsonObject } from './json-object.ts';
import type { SchemaNode } from './schema-node.ts';
import { schemaOf } from './schema-of.ts';

/**
 * Fields that the type does not have, in document order, each as Kubernetes words it:
 * `unknown field "spec.containers[0].foo"`. For fieldValidation Strict and Warn.
 */
export function unknownFields(type: ResourceType, object: unknown): string[] {
  const paths = type.custom?.unknownFields(object) ?? unknownFieldsOf(schemaOf(type), object, '');
  return paths.map((path) => `unknown field ${JSON.stringify(path)}`);
}

/** Their paths, below the path of the value. */
export function unknownFieldsOf(node: SchemaNode, value: unknown, path: string): string[] {
  const found: string[] = [];
  visit(node, value, path, found);
  return found;
}

function visit(node: SchemaNode, value: unknown, path: string, found: string[]): void {
  if (node.form === 'list' && Array.isArray(value)) {
    const elements = node.elements();
    if (elements === undefined || isLeaf(elements)) return;
    for (const [index, element] of value.entries()) visit(elements, element, `${path}[${index}]`, found);
    return;
  }
  if (!isJsonObject(value)) return;
  for (const [key, child] of Object.entries(value)) {
    if (found.length >= MOST_STRICT_ERRORS) return;
    const at = path === '' ? key : `${path}.${key}`;
    const childNode = node.form === 'struct' ? node.fields().get(key) : node.elements();
    if (childNode !== undefined) visit(childNode, child, at, found);
    else if (node.form === 'struct') found.push(at);
  }
}

function isLeaf(node: SchemaNode): boolean {
  return node.form !== 'struct' && node.form !== 'list' && node.form !== 'map';
}
