import { jsonElements } from './json-elements.ts';
import { jsonMembers } from './json-members.ts';
import { findClosing, skipSpace } from './json-scan.ts';

/** One page of a list as the API server wrote it. What it holds is never re-encoded: it passes byte for byte. */
export interface ListPage {
  /** `kind`, `apiVersion`, a Table's `columnDefinitions`: every member but the metadata and the items. */
  readonly head: readonly Buffer[];
  /** `rows` in a Table. */
  readonly itemsName: 'items' | 'rows';
  /** What stands between the brackets. */
  readonly items: Buffer;
  readonly count: number;
  /** '' where there is none, as in the lists of some aggregated APIs. */
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
  for (const { name, start, valueStart, end } of jsonMembers(text, 0)) {
    const value = text.subarray(valueStart, end);
    if (name === 'metadata') metadata = JSON.parse(value.toString('utf8'));
    else if (name === 'items' || name === 'rows') list = { itemsName: name, ...readItems(value) };
    else head.push(text.subarray(start, end));
  }
  const { resourceVersion = '', continue: more = '' } = metadata ?? {};
  if (
    metadata === undefined ||
    list === undefined ||
    typeof resourceVersion !== 'string' ||
    typeof more !== 'string'
  ) {
    throw new SyntaxError('not a list');
  }
  return { head, ...list, resourceVersion, continue: more };
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
  for (const _ of jsonElements(value, start, end)) count++;
  return { items: count === 0 ? Buffer.alloc(0) : value.subarray(start, end), count };
}

const OPEN_ARRAY = 0x5b;
