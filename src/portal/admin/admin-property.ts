import type { AdminValueType, Messages } from '../../../views/index.ts';
import type { AdminObject } from './admin-desk.ts';

/** What an object says, as the pages show it and as their forms have it. */
export interface AdminProperty {
  /** Where it stands: `spec.email`. */
  readonly path: `${'metadata' | 'spec' | 'status'}.${string}`;
  /** By which forms know it. */
  readonly name: string;
  readonly label: keyof Messages;
  readonly type: AdminValueType;
  /** Also in the list of all objects. */
  readonly column?: true;
  /** In both forms, or only in the one that makes an object, or that changes one; in none if left out. */
  readonly form?: 'always' | 'new' | 'old';
  /** Of the form's field. */
  readonly hint?: keyof Messages;
}

type More = Pick<AdminProperty, 'column' | 'form' | 'hint'>;

const of =
  (type: AdminValueType) =>
  (path: AdminProperty['path'], label: keyof Messages, more: More = {}): AdminProperty => ({
    path,
    name: path.slice(path.indexOf('.') + 1),
    label,
    type,
    ...more,
  });

export const text = of('text');
/** One of a few words of the API. */
export const word = of('word');
export const flag = of('flag');
/** Names, between commas. */
export const list = of('list');
/** Addresses, one a line. */
export const lines = of('lines');
export const time = of('time');

/** The object's name. */
export function named(label: keyof Messages, more?: More): AdminProperty {
  return { ...text('metadata.name', label, more), name: 'id' };
}

/** When there was one first. */
export function made(label: keyof Messages, more?: More): AdminProperty {
  return time('metadata.creationTimestamp', label, more);
}

/** What the object says there; undefined when nothing. */
export function valueIn(object: AdminObject, { path }: Pick<AdminProperty, 'path'>): unknown {
  const [part = '', name = ''] = path.split('.', 2);
  const fields: unknown = Reflect.get(object, part);
  return typeof fields === 'object' && fields !== null ? Reflect.get(fields, name) : undefined;
}

/** As a form's field has it. */
export function fieldText(object: AdminObject, property: AdminProperty): string {
  const value = valueIn(object, property);
  if (Array.isArray(value)) return value.join(property.type === 'lines' ? '\n' : ', ');
  return value === true ? 'yes' : String(value || '');
}

/** What a form's field says; undefined when nothing. */
export function typedValue({ type }: AdminProperty, typed: string): unknown {
  const trimmed = typed.trim();
  if (type === 'flag') return trimmed === 'yes';
  if (trimmed === '') return undefined;
  return type === 'list' || type === 'lines' ? trimmed.split(/[\s,]+/).filter(Boolean) : trimmed;
}
