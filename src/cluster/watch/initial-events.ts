import type { ListQuery } from '../handlers/list-query.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import type { ResourceType } from '../resources/index.ts';
import type { EventWriter } from './event-writer.ts';
import type { LineWriter } from './line-writer.ts';

export interface InitialEvents {
  readonly context: { readonly objects: Pick<ObjectStore, 'list'> };
  readonly type: ResourceType;
  readonly namespace: string;
  readonly query: ListQuery;
  /** What there was at this revision is told. */
  readonly revision: number;
  readonly events: EventWriter;
  readonly writer: LineWriter;
}

interface Page {
  /** The last key that has been told. */
  readonly after?: string;
  /** How many objects are read at a time. */
  readonly limit: number;
}

const largestPage = 512;
/** Bytes that are told before the client must have taken them. */
const fullPage = 256 * 1024;

/**
 * Tells everything that was there at a revision, no faster than the client reads: a watch that is not read must not
 * keep a whole list. Throws CompactedError when the client was slower than the history.
 */
export async function tellInitialEvents(initial: InitialEvents): Promise<void> {
  let page: Page | undefined = { limit: 16 };
  while (page !== undefined && !initial.writer.isOver()) {
    page = await tellPage(initial, page);
    if (page !== undefined) await initial.writer.drained();
  }
}

/** Returns the next page, or undefined after the last. What does not fit is dropped and read again, not kept. */
async function tellPage(initial: InitialEvents, { after, limit }: Page): Promise<Page | undefined> {
  const { context, type, namespace, query, revision, events } = initial;
  const from = after === undefined ? {} : { after };
  const { items, remaining } = await context.objects.list(type, namespace, { ...from, revision, limit });
  let bytes = 0;
  for (const [index, { key, object }] of items.entries()) {
    if (query.selects(object)) bytes += events.added(object);
    if (bytes > fullPage && index + 1 < items.length) return { after: key, limit: index + 1 };
  }
  const last = items.at(-1);
  if (last === undefined || remaining === 0) return undefined;
  return { after: last.key, limit: bytes > fullPage ? limit : Math.min(largestPage, 2 * limit) };
}
