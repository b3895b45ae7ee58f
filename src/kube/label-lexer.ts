/** What a label selector is made of. `identifier` carries keys and values, also the words `in` and `notin`. */
export type LabelTokenKind =
  | 'identifier'
  | 'in'
  | 'notin'
  | '('
  | ')'
  | ','
  | '!'
  | '='
  | '=='
  | '!='
  | '>'
  | '<'
  | 'end';

export interface LabelToken {
  readonly kind: LabelTokenKind;
  readonly literal: string;
}

const END: LabelToken = { kind: 'end', literal: '' };

/**
 * Splits a label selector into tokens; the last one is always `end`. A NUL ends a token or the whole, as in Go.
 * Source: Kubernetes apimachinery pkg/labels/selector.go Lexer.
 */
export function lexLabelSelector(text: string): LabelToken[] {
  const tokens: LabelToken[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    if (isBlank(character)) {
      at++;
    } else if (character === '\0') {
      break;
    } else {
      const token = isSpecial(character) ? readSymbol(text, at) : readWord(text, at);
      tokens.push(token);
      at += token.literal.length;
      if (text[at] === '\0') at++;
    }
  }
  tokens.push(END);
  return tokens;
}

/** The longest run that is a symbol: `=` `==` `!=`, but `=!` is `=` and then `!`. */
function readSymbol(text: string, start: number): LabelToken {
  const two = text.slice(start, start + 2);
  const literal = two === '==' || two === '!=' ? two : text.charAt(start);
  return { kind: literal as LabelTokenKind, literal };
}

function readWord(text: string, start: number): LabelToken {
  let end = start;
  while (end < text.length && !isWordEnd(text.charAt(end))) end++;
  const literal = text.slice(start, end);
  return { kind: literal === 'in' || literal === 'notin' ? literal : 'identifier', literal };
}

function isWordEnd(character: string): boolean {
  return character === '\0' || isBlank(character) || isSpecial(character);
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\r' || character === '\n';
}

function isSpecial(character: string): boolean {
  return '=!(),><'.includes(character);
}
