import { type FieldError, fieldError } from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, asText, isJsonObject } from '../json-object.ts';

type Json = Record<string, unknown>;

/** What is wrong with an object at a path. Kinds whose rules are many are written as a list of such rules. */
export type Rule = (object: Json, path: string) => FieldError[];

/** The place of a field; the path is empty at the top of an object. */
export function at(path: string, field: string): string {
  return path === '' ? field : `${path}.${field}`;
}

/** A field that is written although it has no value is null. */
export function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/** One rule after the other. */
export function all(...rules: readonly Rule[]): Rule {
  return (object, path) => rules.flatMap((rule) => rule(object, path));
}

/** A text with content. */
export function required(field: string, detail = ''): Rule {
  return (object, path) =>
    asText(object[field]) === undefined ? [fieldError.required(at(path, field), detail)] : [];
}

/** A list or a map with content. */
export function requiredMembers(field: string, detail = ''): Rule {
  return ({ [field]: value }, path) => {
    const size = Array.isArray(value) ? value.length : Object.keys(asJsonObject(value)).length;
    return size === 0 ? [fieldError.required(at(path, field), detail)] : [];
  };
}

/** A text, if it has content, in a form. @param judge the reasons why it has not */
export function formed(field: string, judge: (text: string) => readonly string[]): Rule {
  return (object, path) =>
    asText(object[field]) === undefined ? [] : invalidFor(object[field], at(path, field), judge);
}

/** A text, if there is one, in a form that the empty one has not: a field that is a pointer to Go. */
export function givenFormed(field: string, judge: (text: string) => readonly string[]): Rule {
  return (object, path) => (isAbsent(object[field]) ? [] : invalidFor(object[field], at(path, field), judge));
}

/** A text in a form that the empty one has not; an absent one is empty. */
export function alwaysFormed(field: string, judge: (text: string) => readonly string[]): Rule {
  return (object, path) => invalidFor(object[field] ?? '', at(path, field), judge);
}

/** The same of a text at hand. */
export function invalidFor(
  value: unknown,
  path: string,
  judge: (text: string) => readonly string[],
): FieldError[] {
  return judge(String(value)).map((detail) => fieldError.invalid(path, value, detail));
}

/** One of some words; where the field is a pointer, the empty text is none of them. */
export function oneOf(field: string, words: readonly string[]): Rule {
  return ({ [field]: value }, path) =>
    isAbsent(value) || words.includes(String(value))
      ? []
      : [fieldError.notSupported(at(path, field), value, words)];
}

/** A number of a range, both ends included; an absent one is left alone. */
export function within(field: string, least: number, most: number, detail: string): Rule {
  return ({ [field]: value }, path) =>
    typeof value !== 'number' || (value >= least && value <= most)
      ? []
      : [fieldError.invalid(at(path, field), value, detail)];
}

/** The object in a field, if there is one. */
export function member(field: string, rule: Rule): Rule {
  return ({ [field]: value }, path) => (isJsonObject(value) ? rule(value, at(path, field)) : []);
}

/** The objects of a list. */
export function each(field: string, rule: Rule): Rule {
  return (object, path) =>
    asJsonArray(object[field]).flatMap((element, index) =>
      rule(asJsonObject(element), `${at(path, field)}[${index}]`),
    );
}

/** No two of the texts are the same. @param place of the n-th */
export function duplicateErrors(texts: readonly unknown[], place: (index: number) => string): FieldError[] {
  const seen = new Set<unknown>();
  return texts.flatMap((text, index) => {
    if (seen.has(text)) return [fieldError.duplicate(place(index), text)];
    seen.add(text);
    return [];
  });
}
