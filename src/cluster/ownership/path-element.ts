import { goQuote } from '../../kube/index.ts';
import { isJsonObject } from '../schema/index.ts';
import { compareText } from './compare-text.ts';

/** A member of a struct or a map. */
export function memberElement(name: string): string {
  return `f:${name}`;
}

/** An element of a set. */
export function valueElement(value: unknown): string {
  return `v:${JSON.stringify(value)}`;
}

/** An element of a keyed list. @param fields its keys, in any order */
export function keyElement(fields: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(fields).toSorted();
  return `k:${JSON.stringify(Object.fromEntries(names.map((name) => [name, fields[name]])))}`;
}

/** The element as it would be written here; undefined for one of an unknown or malformed kind. */
export function canonicalElement(element: string): string | undefined {
  const text = element.slice(2);
  if (element.startsWith('f:')) return element;
  if (element.startsWith('i:')) return /^\d+$/.test(text) ? element : undefined;
  if (!element.startsWith('k:') && !element.startsWith('v:')) return undefined;
  const value = parsed(text);
  if (element.startsWith('v:')) return value === undefined ? undefined : valueElement(value);
  return isJsonObject(value) && Object.values(value).every(isScalar) ? keyElement(value) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

/** A path as conflicts name it: `.spec.containers[name="c"].image`. */
export function pathText(path: readonly string[]): string {
  return path.map(elementText).join('');
}

/** One element as paths name it. Source: structured-merge-diff/fieldpath/element.go PathElement.String. */
export function elementText(element: string): string {
  const text = element.slice(2);
  if (element.startsWith('f:')) return `.${text}`;
  if (element.startsWith('v:')) return `[=${valueText(JSON.parse(text))}]`;
  if (element.startsWith('i:')) return `[${text}]`;
  const fields = Object.entries(JSON.parse(text) as Record<string, unknown>);
  return `[${fields.map(([name, value]) => `${name}=${valueText(value)}`).join(',')}]`;
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? goQuote(value) : JSON.stringify(value);
}

/** Members by name, then keyed elements, values, indices. Source: structured-merge-diff/fieldpath/element.go Compare. */
export function compareElements(a: string, b: string): number {
  if (a[0] !== b[0]) return order.indexOf(a[0] ?? '') - order.indexOf(b[0] ?? '');
  if (a[0] === 'f') return compareText(a, b);
  const [x, y] = [JSON.parse(a.slice(2)), JSON.parse(b.slice(2))] as const;
  return a[0] === 'k' ? compareFields(Object.entries(x), Object.entries(y)) : compareScalars(x, y);
}

const order = ['f', 'k', 'v', 'i'];

type Fields = readonly (readonly [string, unknown])[];

function compareFields(a: Fields, b: Fields): number {
  for (const [index, [name, value]] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const found = compareText(name, other[0]) || compareScalars(value, other[1]);
    if (found !== 0) return found;
  }
  return a.length - b.length;
}

function compareScalars(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return compareText(String(a), String(b));
}
