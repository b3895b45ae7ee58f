import { skipSpace, skipValue } from './json-scan.ts';

/** Where a member of an object stands in the text that it is part of. */
export interface JsonMember {
  readonly name: string;
  /** Of the name. */
  readonly start: number;
  readonly valueStart: number;
  /** After the value. */
  readonly end: number;
}

/**
 * The members of the object that begins at `start`, in their order.
 * @throws SyntaxError when there is no object
 */
export function* jsonMembers(text: Buffer, start: number): Generator<JsonMember> {
  let at = skipSpace(text, start);
  if (text[at] !== OPEN_OBJECT) throw new SyntaxError('not a JSON object');
  at = skipSpace(text, at + 1);
  while (text[at] !== CLOSE_OBJECT) {
    const nameEnd = skipValue(text, at);
    const name: unknown = JSON.parse(text.toString('utf8', at, nameEnd));
    const colon = skipSpace(text, nameEnd);
    const valueStart = skipSpace(text, colon + 1);
    const end = skipValue(text, valueStart);
    if (typeof name !== 'string' || text[colon] !== COLON) throw new SyntaxError('not a JSON object');
    yield { name, start: at, valueStart, end };
    at = skipSpace(text, end);
    if (text[at] === COMMA) at = skipSpace(text, at + 1);
    else if (text[at] !== CLOSE_OBJECT) throw new SyntaxError('not a JSON object');
  }
}

const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const COLON = 0x3a;
const COMMA = 0x2c;
