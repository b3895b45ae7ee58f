import { isJsonObject } from '../json-object.ts';

export type Json = Record<string, unknown>;

/** Sets a field that is absent: an empty text is there only where Go tells it from none. */
export function setDefault(object: Json, field: string, value: unknown): void {
  object[field] ??= value;
}

/** Sets a field that is absent; one that is a pointer to Go may hold the empty string. */
export function setAbsent(object: Json, field: string, value: unknown): void {
  if (object[field] === undefined) object[field] = value;
}

/** The object in a field, put there when absent. */
export function ensureObject(parent: Json, field: string): Json {
  const current = parent[field];
  if (isJsonObject(current)) return current;
  const created: Json = {};
  parent[field] = created;
  return created;
}

/** The objects of a list field; none when it is absent. */
export function objectsIn(parent: Json, field: string): readonly Json[] {
  const current = parent[field];
  return Array.isArray(current) ? current.filter(isJsonObject) : [];
}
