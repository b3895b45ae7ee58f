import { asText, isJsonObject } from '../schema/index.ts';
import { compareText } from './compare-text.ts';
import { type FieldSet, isEmpty } from './field-set.ts';
import { decodeFieldsV1, encodeFieldsV1 } from './fields-v1.ts';

/** One entry of metadata.managedFields. Source: apimachinery/pkg/apis/meta/v1 ManagedFieldsEntry. */
export interface ManagedFieldsEntry {
  readonly manager?: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  /** RFC 3339, whole seconds. */
  readonly time?: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: Readonly<Record<string, unknown>>;
  readonly subresource?: string;
}

/** Who owns fields, how they came to, and which. */
export interface FieldManager extends Omit<ManagedFieldsEntry, 'fieldsType' | 'fieldsV1'> {
  readonly fields: FieldSet;
}

/** By identity: two writers of one name are two managers when one applies, or writes by a subresource. */
export type FieldManagers = ReadonlyMap<string, FieldManager>;

type Identified = Pick<FieldManager, 'manager' | 'operation' | 'apiVersion' | 'subresource'>;

/** Source: apimachinery/pkg/util/managedfields/internal/managedfields.go BuildManagerIdentifier. */
export function managerIdentity({ manager, operation, apiVersion, subresource }: Identified): string {
  return JSON.stringify([
    manager ?? '',
    operation,
    operation === 'Apply' ? '' : apiVersion,
    subresource ?? '',
  ]);
}

/** The managers of a metadata.managedFields, whoever wrote it; undefined when it is none that can be kept. */
export function decodeManagedFields(entries: unknown): Map<string, FieldManager> | undefined {
  const managers = new Map<string, FieldManager>();
  if (entries === undefined || entries === null) return managers;
  if (!Array.isArray(entries)) return undefined;
  for (const entry of entries) {
    const manager = decodeEntry(entry);
    if (manager === undefined) return undefined;
    managers.set(managerIdentity(manager), manager);
  }
  return managers;
}

function decodeEntry(entry: unknown): FieldManager | undefined {
  if (!isJsonObject(entry) || entry['fieldsType'] !== 'FieldsV1') return undefined;
  const operation = entry['operation'];
  const apiVersion = asText(entry['apiVersion']);
  if ((operation !== 'Apply' && operation !== 'Update') || apiVersion === undefined) return undefined;
  const manager = asText(entry['manager']);
  const time = asText(entry['time']);
  const subresource = asText(entry['subresource']);
  return {
    ...(manager === undefined ? {} : { manager }),
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fields: decodeFieldsV1(entry['fieldsV1']),
    ...(subresource === undefined ? {} : { subresource }),
  };
}

/** Undefined when nobody owns anything: then there is no metadata.managedFields. */
export function encodeManagedFields(managers: FieldManagers): readonly ManagedFieldsEntry[] | undefined {
  const entries = [...managers.values()].filter(({ fields }) => !isEmpty(fields)).map(encodeEntry);
  return entries.length === 0 ? undefined : entries.toSorted(compareEntries);
}

function encodeEntry({ manager, operation, apiVersion, time, fields, subresource }: FieldManager) {
  return {
    ...(manager === undefined ? {} : { manager }),
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1' as const,
    fieldsV1: encodeFieldsV1(fields),
    ...(subresource === undefined ? {} : { subresource }),
  };
}

function compareEntries(a: ManagedFieldsEntry, b: ManagedFieldsEntry): number {
  return (
    compareText(a.operation, b.operation) ||
    seconds(a) - seconds(b) ||
    compareText(a.manager, b.manager) ||
    compareText(a.apiVersion, b.apiVersion) ||
    compareText(a.subresource, b.subresource)
  );
}

/** The entry's time in seconds since the epoch; 0 when it has none. */
export function seconds({ time }: Pick<FieldManager, 'time'>): number {
  return time === undefined ? 0 : Math.floor(Date.parse(time) / 1000) || 0;
}

/** `[]` and `[{}]` are how a client asks that everything be forgotten. */
export function isReset(entries: unknown): boolean {
  if (!Array.isArray(entries)) return false;
  if (entries.length !== 1) return entries.length === 0;
  return isJsonObject(entries[0]) && Object.keys(entries[0]).length === 0;
}
