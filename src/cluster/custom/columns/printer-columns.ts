import { encodeGoJson } from '../../../kube/index.ts';
import type { Cell, ColumnDefinition, KubeObject } from '../../resources/index.ts';
import { timeSince } from '../../table/index.ts';
import type { PrinterColumn } from '../definition/definition.ts';
import { goFloat } from '../validate/go-float.ts';
import { type JsonPath, parseJsonPath } from './json-path.ts';

export interface Columns {
  readonly definitions: readonly ColumnDefinition[];
  /** @param now milliseconds since the epoch */
  cells(object: KubeObject, now: number): readonly Cell[];
}

const nameColumn: ColumnDefinition = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description:
    'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
  priority: 0,
};

/** What a definition without columns shows. Source: apiextensions-apiserver/pkg/apihelpers/helpers.go. */
const ageColumn: PrinterColumn = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description:
    'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata',
};

/**
 * The Table of a custom resource: its name, then the columns of its definition.
 * Source: apiextensions-apiserver/pkg/registry/customresource/tableconvertor.
 */
export function printerColumns(columns: readonly PrinterColumn[] = []): Columns {
  const shown = columns.length === 0 ? [ageColumn] : columns;
  const paths = shown.map((column) => ({ column, path: parseJsonPath(column.jsonPath) }));
  // One path that cannot be read takes all of them away, as in Kubernetes.
  const readable = paths.every(({ path }) => path !== undefined) ? paths : [];
  return {
    definitions: [nameColumn, ...readable.map(({ column }) => definitionOf(column))],
    cells: (object, now) => [
      object.metadata.name ?? '',
      ...readable.map(({ column, path }) => cellOf(column.type, path, object, now)),
    ],
  };
}

function definitionOf({
  name,
  type,
  jsonPath,
  format = '',
  description,
  priority = 0,
}: PrinterColumn): ColumnDefinition {
  const otherwise = `Custom resource definition column (in JSONPath format): ${jsonPath}`;
  return { name, type, format, description: description || otherwise, priority };
}

function cellOf(type: string, path: JsonPath | undefined, object: KubeObject, now: number): Cell {
  const value = path?.(object)[0] ?? null;
  if (value === null) return null;
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value === 'string' ? dateCell(value, now) : null;
    default:
      return textOf(value);
  }
}

function dateCell(text: string, now: number): string {
  return Number.isNaN(Date.parse(text)) ? '<invalid>' : timeSince(text, now);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : goFloat(value);
  return typeof value === 'boolean' ? String(value) : encodeGoJson(value);
}
