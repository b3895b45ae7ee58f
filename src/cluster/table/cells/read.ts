import type { Cell } from '../../resources/index.ts';
import { asJsonArray, isJsonObject } from '../../schema/index.ts';

export type { Cell };

/** The cells of one object's row; `now` in milliseconds since the epoch. */
export type CellsOf = (object: unknown, now: number) => readonly Cell[];

/** The value at a path of field names, or undefined. Printers read through it, since any status may be half written. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const field of path) {
    if (!isJsonObject(current) || !Object.hasOwn(current, field)) return undefined;
    current = current[field];
  }
  return current;
}

/** The scalar at a path as text; '' when there is none. */
export function text(value: unknown, ...path: readonly string[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' || typeof found === 'number' ? String(found) : '';
}

/** The number at a path; 0 when there is none. */
export function count(value: unknown, ...path: readonly string[]): number {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : 0;
}

/** The list at a path; empty when there is none. */
export function list(value: unknown, ...path: readonly string[]): readonly unknown[] {
  return asJsonArray(at(value, ...path));
}

/** How many members the object at a path has. */
export function size(value: unknown, ...path: readonly string[]): number {
  const found = at(value, ...path);
  return isJsonObject(found) ? Object.keys(found).length : 0;
}

export function name(value: unknown): string {
  return text(value, 'metadata', 'name');
}

export function creationTimestamp(value: unknown): string {
  return text(value, 'metadata', 'creationTimestamp');
}

export function orNone(value: string): string {
  return value === '' ? '<none>' : value;
}
