import { fieldError, fieldErrorsText } from './field-error.ts';
import { type LabelToken, type LabelTokenKind, lexLabelSelector } from './label-lexer.ts';
import { type LabelOperator, type LabelRequirement, labelRequirement } from './label-requirement.ts';
import { labelKeyErrors } from './names.ts';
import { SelectorError } from './selector-error.ts';

/**
 * Parses the text form (`a=b,c in (d,e),!f`). '' gives no requirements: everything.
 * Source: Kubernetes apimachinery pkg/labels/selector.go Parser.
 * @throws SelectorError with kube-apiserver's text.
 */
export function parseLabelSelector(text: string): LabelRequirement[] {
  const requirements: LabelRequirement[] = [];
  if (text === '') return requirements;
  const cursor: Cursor = { tokens: lexLabelSelector(text), position: 0 };
  for (;;) {
    const start = peek(cursor);
    if (start.kind === 'end') return requirements;
    if (start.kind !== 'identifier' && start.kind !== '!') {
      throw new SelectorError(`found '${start.literal}', expected: !, identifier, or 'end of string'`);
    }
    requirements.push(parseRequirement(cursor));
    const separator = take(cursor);
    if (separator.kind === 'end') return requirements;
    if (separator.kind !== ',') {
      throw new SelectorError(`found '${separator.literal}', expected: ',' or 'end of string'`);
    }
    const next = peek(cursor);
    if (next.kind !== 'identifier' && next.kind !== '!') {
      throw new SelectorError(`found '${next.literal}', expected: identifier after ','`);
    }
  }
}

const BINARY_OPERATORS: ReadonlyMap<LabelTokenKind, LabelOperator> = new Map([
  ['in', 'in'],
  ['notin', 'notin'],
  ['=', '='],
  ['==', '=='],
  ['!=', '!='],
  ['>', 'gt'],
  ['<', 'lt'],
]);

interface Cursor {
  readonly tokens: readonly LabelToken[];
  position: number;
}

const END: LabelToken = { kind: 'end', literal: '' };

function rawPeek(cursor: Cursor): LabelToken {
  return cursor.tokens[cursor.position] ?? END;
}

/** Where no operator can stand, `in` and `notin` are ordinary words. */
function peek(cursor: Cursor): LabelToken {
  const token = rawPeek(cursor);
  return token.kind === 'in' || token.kind === 'notin'
    ? { kind: 'identifier', literal: token.literal }
    : token;
}

function take(cursor: Cursor): LabelToken {
  const token = peek(cursor);
  cursor.position++;
  return token;
}

function parseRequirement(cursor: Cursor): LabelRequirement {
  try {
    return parseUnprefixedRequirement(cursor);
  } catch (error) {
    if (error instanceof SelectorError)
      throw new SelectorError(`unable to parse requirement: ${error.message}`);
    throw error;
  }
}

function parseUnprefixedRequirement(cursor: Cursor): LabelRequirement {
  const negated = peek(cursor).kind === '!';
  if (negated) cursor.position++;
  const key = take(cursor);
  if (key.kind !== 'identifier') throw new SelectorError(`found '${key.literal}', expected: identifier`);
  const keyErrors = labelKeyErrors(key.literal);
  if (keyErrors.length > 0) {
    // Go prints the path of a nil *field.Path.
    throw new SelectorError(
      fieldErrorsText([fieldError.invalid('<nil>', key.literal, keyErrors.join('; '))]),
    );
  }
  if (negated) return labelRequirement(key.literal, '!', []);
  const next = peek(cursor).kind;
  if (next === 'end' || next === ',') return labelRequirement(key.literal, 'exists', []);
  const operatorToken = rawPeek(cursor);
  cursor.position++;
  const operator = BINARY_OPERATORS.get(operatorToken.kind);
  if (operator === undefined) {
    throw new SelectorError(`found '${operatorToken.literal}', expected: in, notin, =, ==, !=, gt, lt`);
  }
  const isSet = operator === 'in' || operator === 'notin';
  return labelRequirement(key.literal, operator, isSet ? parseValueSet(cursor) : [parseExactValue(cursor)]);
}

function parseExactValue(cursor: Cursor): string {
  const next = peek(cursor);
  if (next.kind === 'end' || next.kind === ',') return '';
  cursor.position++;
  if (next.kind !== 'identifier') throw new SelectorError(`found '${next.literal}', expected: identifier`);
  return next.literal;
}

function parseValueSet(cursor: Cursor): string[] {
  const open = take(cursor);
  if (open.kind !== '(') throw new SelectorError(`found '${open.literal}' expected: '('`);
  const first = peek(cursor);
  if (first.kind === ')') {
    cursor.position++;
    return [''];
  }
  if (first.kind !== 'identifier' && first.kind !== ',') {
    throw new SelectorError(`found '${first.literal}', expected: ',', ')' or identifier`);
  }
  const values = parseValues(cursor);
  cursor.position++; // the closing parenthesis, which ended parseValues
  return values;
}

/** Reads up to the closing parenthesis; an empty place between commas is the value ''. */
function parseValues(cursor: Cursor): string[] {
  const values: string[] = [];
  for (;;) {
    const token = take(cursor);
    if (token.kind === 'identifier') {
      values.push(token.literal);
      const next = peek(cursor);
      if (next.kind === ')') return values;
      if (next.kind !== ',') throw new SelectorError(`found '${next.literal}', expected: ',' or ')'`);
    } else if (token.kind === ',') {
      if (values.length === 0) values.push('');
      const next = peek(cursor);
      if (next.kind === ')') return [...values, ''];
      if (next.kind === ',') {
        cursor.position++;
        values.push('');
      }
    } else {
      throw new SelectorError(`found '${token.literal}', expected: ',', or identifier`);
    }
  }
}
