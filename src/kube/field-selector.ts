import { SelectorError } from './selector-error.ts';

/** One term of a field selector: `field=value` or `field!=value`. */
export interface FieldTerm {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/**
 * Parses a field selector; the terms come in kube-apiserver's (sorted) order. '' gives no terms: everything.
 * Source: Kubernetes apimachinery pkg/fields/selector.go.
 * @throws SelectorError with kube-apiserver's text.
 */
export function parseFieldSelector(text: string): FieldTerm[] {
  const terms: FieldTerm[] = [];
  if (text === '') return terms;
  const parts = splitAtCommas(text);
  if (parts.length > 1) parts.sort();
  for (const part of parts) {
    if (part !== '') terms.push(parseTerm(text, part));
  }
  return terms;
}

/** The value that a field must have for the selector to match, if one term demands exactly one. */
export function requiredFieldValue(terms: readonly FieldTerm[], field: string): string | undefined {
  return terms.find((term) => term.operator === '=' && term.field === field)?.value;
}

/** Whether an object with these fields is selected; a field that is absent counts as ''. */
export function matchesFields(
  terms: readonly FieldTerm[],
  fieldValue: (field: string) => string | undefined,
): boolean {
  return terms.every((term) => ((fieldValue(term.field) ?? '') === term.value) === (term.operator === '='));
}

function splitAtCommas(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === ',') {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

function parseTerm(text: string, part: string): FieldTerm {
  const found = /^(.*?)(!=|==|=)(.*)$/s.exec(part);
  if (found === null) throw new SelectorError(`invalid selector: '${text}'; can't understand '${part}'`);
  const [, field = '', operator, value = ''] = found;
  return { field, operator: operator === '!=' ? '!=' : '=', value: unescapeValue(value) };
}

function unescapeValue(value: string): string {
  if (!/[\\,=]/.test(value)) return value;
  let plain = '';
  let escaping = false;
  for (const character of value) {
    if (escaping) {
      if (character !== '\\' && character !== ',' && character !== '=') throw badEscape(`\\${character}`);
      plain += character;
      escaping = false;
    } else if (character === '\\') {
      escaping = true;
    } else if (character === ',' || character === '=') {
      // Go prints the rune's number here.
      const rune = character.codePointAt(0);
      throw new SelectorError(`invalid field selector: unescaped character in value: ${rune}`);
    } else {
      plain += character;
    }
  }
  if (escaping) throw badEscape('\\');
  return plain;
}

function badEscape(sequence: string): SelectorError {
  return new SelectorError(`invalid field selector: invalid escape sequence: ${sequence}`);
}
