import { isDeepStrictEqual } from 'node:util';

/** A JSON object of whatever shape. */
export type Json = Readonly<Record<string, unknown>>;

export function objectIn(value: Json, field: string): Json {
  const found = value[field];
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Json) : {};
}

export function objectsIn(value: Json, field: string): readonly Json[] {
  const found = value[field];
  return Array.isArray(found) ? (found as readonly Json[]) : [];
}

export function textIn(value: Json, field: string): string {
  const found = value[field];
  return typeof found === 'string' ? found : '';
}

/** Whether a value is what was stored, in whatever order its members are. What is undefined is not there. */
export function isStored(value: unknown, stored: unknown): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(value)), stored);
}
