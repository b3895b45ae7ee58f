import { encodeGoJson, isDeeperThan } from '../../kube/index.ts';
import type { ObjectMetadata } from './object-ref-json.ts';

/** A body as it goes into an event. */
export interface RecordedObject {
  /** Compact JSON on one line. */
  readonly json: string;
  readonly metadata: ObjectMetadata | undefined;
}

const STRING_OR_SPACE = /"[^"\\]*(?:\\.[^"\\]*)*"|[ \t\r\n]+/g;
const HTML_OR_LINE_SEPARATOR = /[<>&\u2028\u2029]/g;
/** Nobody's objects are nested like this; the encoder recurses. */
const MAX_DEPTH = 500;

/**
 * A body's text made part of an event, or undefined when it is not JSON: what a client sends must not be able to end the
 * event and begin another. Numbers and repeated members stay as they were sent, for that is what happened.
 */
export function recordedObject(text: string, omitManagedFields: boolean): RecordedObject | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (isDeeperThan(value, MAX_DEPTH)) return undefined;
  const metadata = objectMetadata(value);
  if (omitManagedFields && text.includes('managedFields')) {
    return { json: encodeGoJson(withoutManagedFields(value)), metadata };
  }
  const json = text
    .replace(STRING_OR_SPACE, (found) => (found.startsWith('"') ? found : ''))
    .replace(HTML_OR_LINE_SEPARATOR, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return { json, metadata };
}

type Fields = Readonly<Record<string, unknown>>;

/** Of an object, of a list's items and of a table's rows. Source: Kubernetes apiserver/pkg/audit/request.go. */
function withoutManagedFields(value: unknown): unknown {
  const fields = fieldsOf(value);
  if (fields === undefined) return value;
  const { items, rows } = fields;
  return {
    ...bare(fields),
    ...(Array.isArray(items) ? { items: items.map((item) => bare(fieldsOf(item)) ?? item) } : {}),
    ...(Array.isArray(rows) ? { rows: rows.map(bareRow) } : {}),
  };
}

function bareRow(row: unknown): unknown {
  const fields = fieldsOf(row);
  const object = bare(fieldsOf(fields?.['object']));
  return object === undefined ? row : { ...fields, object };
}

function bare(fields: Fields | undefined): Fields | undefined {
  const metadata = fieldsOf(fields?.['metadata']);
  if (metadata === undefined || !Object.hasOwn(metadata, 'managedFields')) return fields;
  const { managedFields: _, ...rest } = metadata;
  return { ...fields, metadata: rest };
}

function objectMetadata(value: unknown): ObjectMetadata | undefined {
  const metadata = fieldsOf(fieldsOf(value)?.['metadata']);
  if (metadata === undefined) return undefined;
  const text = (name: string) => (typeof metadata[name] === 'string' ? metadata[name] : '');
  return {
    namespace: text('namespace'),
    name: text('name'),
    uid: text('uid'),
    resourceVersion: text('resourceVersion'),
  };
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}
