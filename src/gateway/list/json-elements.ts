import { skipSpace, skipValue } from './json-scan.ts';

const COMMA = 0x2c;

/**
 * Where each element of an array begins and ends.
 * @param start after the opening bracket
 * @param end before the closing one
 * @throws SyntaxError when these are no elements
 */
export function* jsonElements(text: Buffer, start: number, end: number): Generator<[number, number]> {
  for (let at = skipSpace(text, start); at < end; ) {
    const elementEnd = skipValue(text, at);
    yield [at, elementEnd];
    at = skipSpace(text, elementEnd);
    if (text[at] === COMMA) at = skipSpace(text, at + 1);
    else if (at < end) throw new SyntaxError('items are no list');
  }
}
