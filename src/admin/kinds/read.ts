import { createHash } from 'node:crypto';
import { type KubeObject, timeSince } from '../../cluster/index.ts';

type Fields = Readonly<Record<string, unknown>>;

/** An object's part; an empty one when there is none. */
export function part(object: KubeObject, name: 'spec' | 'status'): Fields {
  const value = object[name];
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

export function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

/** undefined when it is absent, or null as a patch or a YAML file may leave it. */
export function optionalText(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' ? value : undefined;
}

export function optionalBoolean(fields: Fields, name: string): boolean | undefined {
  const value = fields[name];
  return typeof value === 'boolean' ? value : undefined;
}

export function textsOf(fields: Fields, name: string): readonly string[] {
  const value = fields[name];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** As metav1.Time writes it: whole seconds, UTC. @param time milliseconds since the epoch */
export function timestamp(time: number): string;
export function timestamp(time: number | undefined): string | undefined;
export function timestamp(time: number | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** A UID for what has none: another one whenever one of the words is (RFC 9562 §5.8). */
export function uidOf(...words: readonly (string | number)[]): string {
  const hex = createHash('sha256').update(JSON.stringify(words)).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Without the members that are undefined, so that an object is what its JSON is. */
export function defined(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** A cell with the age of a time in a part of an object. */
export function ageOf(fields: Fields, name: string, now: number): string {
  return timeSince(textOf(fields, name), now);
}
