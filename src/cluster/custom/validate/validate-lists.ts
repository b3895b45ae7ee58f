import { type FieldError, fieldError } from '../../../kube/index.ts';
import { isJsonObject } from '../../schema/index.ts';
import { type JsonSchema, propertyOf, valuesOf } from '../structural/json-schema.ts';

/**
 * Items that occur twice in lists that are sets, or twice with one key in lists that are maps.
 * Source: apiextensions-apiserver/pkg/apiserver/schema/listtype/validation.go.
 */
export function validateLists(schema: JsonSchema, value: unknown, path = ''): FieldError[] {
  if (Array.isArray(value)) return validateList(schema, value, path);
  if (!isJsonObject(value)) return [];
  const values = valuesOf(schema);
  return Object.entries(value).flatMap(([name, member]) => {
    const own = propertyOf(schema, name);
    if (own !== undefined) return validateLists(own, member, path === '' ? name : `${path}.${name}`);
    return values === undefined ? [] : validateLists(values, member, `${path}[${name}]`);
  });
}

function validateList(schema: JsonSchema, list: readonly unknown[], path: string): FieldError[] {
  const { items } = schema;
  const below =
    items === undefined ? [] : list.flatMap((item, index) => validateLists(items, item, `${path}[${index}]`));
  return [...repeats(schema, list, path), ...below];
}

function repeats(schema: JsonSchema, list: readonly unknown[], path: string): FieldError[] {
  const listType = schema['x-kubernetes-list-type'];
  if (listType === 'set') return duplicates(list, path);
  if (listType !== 'map') return [];
  const wrong = list.findIndex((item) => item !== null && !isJsonObject(item));
  if (wrong >= 0) {
    return [
      fieldError.invalid(`${path}[${wrong}]`, list[wrong], 'must be an object for an array of list-type map'),
    ];
  }
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  return duplicates(
    list.map((item) => keyOf(item, keys)),
    path,
  );
}

function keyOf(item: unknown, keys: readonly string[]): Record<string, unknown> {
  if (!isJsonObject(item)) return {};
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(item, key)).map((key) => [key, item[key]]));
}

/** Each repeated value is told of once, where it is seen for the second time. */
function duplicates(values: readonly unknown[], path: string): FieldError[] {
  const times = new Map<string, number>();
  return values.flatMap((value, index) => {
    const text = canonicalText(value);
    const seen = times.get(text) ?? 0;
    times.set(text, seen + 1);
    return seen === 1 ? [fieldError.duplicate(`${path}[${index}]`, value)] : [];
  });
}

/** As Go writes it, with the members of objects by name. */
function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    isJsonObject(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
