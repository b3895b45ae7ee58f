import { findClosing, skipSpace, skipValue } from './json-scan.ts';

/** One page of a list as the API server wrote it. What it holds is never re-encoded: it passes byte for byte. */
export interface ListPage {
  /** `kind`, `apiVersion`, a Table's `columnDefinitions`: every member but the metadata and the items. */
  readonly head: readonly Buffer[];
  /** `rows` in a Table. */
  readonly itemsName: 'items' | 'rows';
  /** What stands between the brackets. */
  readonly items: Buffer;
  readonly count: number;
  readonly resourceVersion: string;
  /** '' on the last page. */
  readonly continue: string;
}

/**
 * Takes a list, a Table or a list of metadata apart.
 * @throws SyntaxError when the text is none
 */
export function readListPage(text: Buffer): ListPage {
  const head: Buffer[] = [];
  let metadata: { resourceVersion?: unknown; continue?: unknown } | undefined;
  let list: Pick<ListPage, 'itemsName' | 'items' | 'count'> | undefined;
  for (const { name, member, value } of members(text)) {
    if (name === 'metadata') metadata = JSON.parse(value.toString('utf8'));
    else if (name === 'items' || name === 'rows') list = { itemsName: name, ...readItems(value) };
    else head.push(member);
  }
  const { resourceVersion, continue: more = '' } = metadata ?? {};
  if (list === undefined || typeof resourceVersion !== 'string' || typeof more !== 'string') {
    throw new SyntaxError('not a list');
  }
  return { head, ...list, resourceVersion, continue: more };
}

interface Member {
  readonly name: string;
  /** Name and value. */
  readonly member: Buffer;
  readonly value: Buffer;
}

function* members(text: Buffer): Generator<Member> {
  let at = skipSpace(text, 0);
  if (text[at] !== OPEN_OBJECT) throw new SyntaxError('not a JSON object');
  at = skipSpace(text, at + 1);
  while (text[at] !== CLOSE_OBJECT) {
    const start = at;
    const nameEnd = skipValue(text, at);
    const name: unknown = JSON.parse(text.toString('utf8', start, nameEnd));
    const colon = skipSpace(text, nameEnd);
    const valueStart = skipSpace(text, colon + 1);
    const valueEnd = skipValue(text, valueStart);
    if (typeof name !== 'string' || text[colon] !== COLON) throw new SyntaxError('not a JSON object');
    yield { name, member: text.subarray(start, valueEnd), value: text.subarray(valueStart, valueEnd) };
    at = skipSpace(text, valueEnd);
    if (text[at] === COMMA) at = skipSpace(text, at + 1);
    else if (text[at] !== CLOSE_OBJECT) throw new SyntaxError('not a JSON object');
  }
}

/** Go writes an empty list as null, too. */
function readItems(value: Buffer): { items: Buffer; count: number } {
  if (value[0] !== OPEN_ARRAY) {
    if (value.toString() === 'null') return { items: Buffer.alloc(0), count: 0 };
    throw new SyntaxError('items are no list');
  }
  const end = findClosing(value, 0) - 1;
  const start = skipSpace(value, 1);
  let count = 0;
  for (let at = start; at < end; count++) {
    at = skipSpace(value, skipValue(value, at));
    if (value[at] === COMMA) at = skipSpace(value, at + 1);
    else if (at < end) throw new SyntaxError('items are no list');
  }
  return { items: count === 0 ? Buffer.alloc(0) : value.subarray(start, end), count };
}

const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const COLON = 0x3a;
const COMMA = 0x2c;
