import { isJsonObject } from '../schema/index.ts';
import { type FieldSet, isEmpty, noFields } from './field-set.ts';
import { canonicalElement, compareElements } from './path-element.ts';

/** A field set as `fieldsV1` writes it. Source: structured-merge-diff/fieldpath/serialize.go. */
export function encodeFieldsV1(set: FieldSet): Record<string, unknown> {
  const elements = [...set.children.keys()].toSorted(compareElements);
  return Object.fromEntries(elements.map((element) => [element, encodeChild(set.children.get(element))]));
}

function encodeChild(child: FieldSet | undefined): Record<string, unknown> {
  if (child === undefined || child.children.size === 0) return {};
  return child.isMember ? { '.': {}, ...encodeFieldsV1(child) } : encodeFieldsV1(child);
}

/** The set that a `fieldsV1` names. Elements that are not understood are left out, as a server of another version would. */
export function decodeFieldsV1(fields: unknown): FieldSet {
  return { isMember: false, children: decodeChild(fields).children };
}

function decodeChild(fields: unknown): FieldSet {
  if (!isJsonObject(fields)) return { isMember: true, children: noFields.children };
  const children = new Map<string, FieldSet>();
  for (const [key, value] of Object.entries(fields)) {
    const element = key === '.' ? undefined : canonicalElement(key);
    const child = element === undefined ? noFields : decodeChild(value);
    if (element !== undefined && !isEmpty(child)) children.set(element, child);
  }
  return { isMember: children.size === 0 || Object.hasOwn(fields, '.'), children };
}
