import { isJsonObject, type SchemaNode } from '../schema/index.ts';
import { ElementError, itemElement, memberNode, mergeRuleOf } from './merge-rule.ts';
import { elementText, memberElement } from './path-element.ts';

/**
 * What keeps a configuration from being applied to its kind, as one text, or undefined: values of a wrong type, fields that
 * the kind does not have, elements that repeat a key. Null fits everything.
 * Source: structured-merge-diff/typed/validate.go.
 */
export function configurationProblem(schema: SchemaNode, config: object): string | undefined {
  const errors = problems(schema, config);
  if (errors.length < 2) return errors[0];
  return ['errors:', ...errors.map((error) => `  ${error}`)].join('\n');
}

function problems(node: SchemaNode | undefined, value: unknown): string[] {
  if (node === undefined || node.form === 'opaque' || value === null) return [];
  if (node.takesBoolean && typeof value === 'boolean') return [];
  if (node.form === 'struct' || node.form === 'map') {
    return isJsonObject(value) ? memberProblems(node, value) : [`: expected map, got &{${goValue(value)}}`];
  }
  if (node.form === 'list') {
    return Array.isArray(value) ? itemProblems(node, value) : [`: expected list, got &{${goValue(value)}}`];
  }
  return scalarProblems(node, value);
}

function memberProblems(node: SchemaNode, members: Readonly<Record<string, unknown>>): string[] {
  const found: string[] = [];
  for (const [name, value] of Object.entries(members)) {
    const element = elementText(memberElement(name));
    if (node.form === 'struct' && !node.isOpen && !node.fields().has(name)) {
      // As in Kubernetes, one such field is enough for one struct.
      return [...found, `${element}: field not declared in schema`];
    }
    found.push(...problems(memberNode(node, name), value).map((problem) => `${element}${problem}`));
  }
  return found;
}

function itemProblems(list: SchemaNode, items: readonly unknown[]): string[] {
  const isAssociative = mergeRuleOf(list, items) === 'elements';
  const seen = new Set<string>();
  const found: string[] = [];
  for (const [index, item] of items.entries()) {
    try {
      const element = isAssociative ? itemElement(list, item) : `i:${index}`;
      if (seen.has(element)) found.push(`: duplicate entries for key ${elementText(element)}`);
      seen.add(element);
      found.push(...problems(list.elements(), item).map((problem) => elementText(element) + problem));
    } catch (error) {
      if (!(error instanceof ElementError)) throw error;
      return [...found, `: element ${index}: ${error.message}`];
    }
  }
  return found;
}

function scalarProblems(node: SchemaNode, value: unknown): string[] {
  const isScalar = ['string', 'number', 'boolean'].includes(typeof value);
  switch (node.form) {
    case 'integer':
    case 'number':
      return typeof value === 'number' ? [] : [`: expected numeric (int or float), got ${goType(value)}`];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`: expected boolean, got &{${goValue(value)}}`];
    case 'quantity':
    case 'intOrString':
      return isScalar ? [] : [`: expected any scalar, got &{${goValue(value)}}`];
    default:
      if (typeof value === 'string') return [];
      return [`: expected string, got &value.valueUnstructured{Value:${goValue(value)}}`];
  }
}

/** The value as fmt.Print writes it. */
function goValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`;
  if (!isJsonObject(value)) return value === null ? '<nil>' : String(value);
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `map[${members.map(([name, member]) => `${name}:${goValue(member)}`).join(' ')}]`;
}

function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (isJsonObject(value)) return 'map[string]interface {}';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
