import { type CelType, declareType } from '../../../cel/index.ts';
import { escapeName } from '../../custom/rules/escape-name.ts';
import type { SchemaNode } from '../../schema/index.ts';

const { dynamic, bool, bytes, double, int, string, timestamp, list, map, object } = declareType;

/**
 * How the values of a kind's schema look to expressions that are checked before there are any; undefined for values that they
 * do not see, as quantities. Of what is in itself there is nothing below.
 * Source: apiserver/pkg/cel/common/schemas.go SchemaDeclType, cel/openapi/resolver.
 * @param within the named types that it is in
 */
export function declareNode(node: SchemaNode, within: ReadonlySet<string> = new Set()): CelType | undefined {
  switch (node.form) {
    case 'struct':
      return node.isOpen ? dynamic : declareStruct(node, within);
    case 'map':
      return declareOf(map, node, within);
    case 'list':
      return declareOf(list, node, within);
    case 'string':
      return string;
    case 'bytes':
      return bytes;
    case 'time':
      return timestamp;
    case 'integer':
      return int;
    case 'number':
      return double;
    case 'boolean':
      return bool;
    case 'quantity':
      return undefined;
    default:
      return dynamic;
  }
}

function declareOf(
  of: (elements: CelType) => CelType,
  node: SchemaNode,
  within: ReadonlySet<string>,
): CelType | undefined {
  const elements = node.elements();
  const declared = elements && declareNode(elements, within);
  return declared && of(declared);
}

/** Types of Go's packages have names; what is written in a schema's midst has none. */
const named = /^\w+\.\w+$/;

function declareStruct(node: SchemaNode, within: ReadonlySet<string>): CelType {
  if (within.has(node.goType)) return object(new Map());
  const inside = named.test(node.goType) ? new Set([...within, node.goType]) : within;
  const members = [...node.fields()].flatMap(([name, field]) => {
    const declared = declareNode(field, inside);
    const escaped = escapeName(name);
    if (declared === undefined || escaped === undefined) return [];
    // Objects of policies are called by the names that they have: metadata.namespace.
    return [...new Set([name, escaped])].map((each) => [each, declared] as const);
  });
  return object(new Map(members));
}
