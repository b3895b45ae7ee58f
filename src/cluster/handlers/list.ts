import { expired, tooLargeResourceVersion } from '../../kube/index.ts';
import { CompactedError, FutureRevisionError } from '../../store/index.ts';

import type { ObjectContext } from '../objects/object-context.ts';
import { listPrefix } from '../objects/object-key.ts';
import type { ObjectList } from '../objects/object-store.ts';
import type { StoredObject } from '../objects/stored-object.ts';
import { asKept, type ResourceType } from '../resources/index.ts';
import { type Continuation, decodeContinue, encodeContinue } from './continue-token.ts';
import type { Handler } from './handler-context.ts';
import { type ListQuery, parseListQuery } from './list-query.ts';
import { type ListMetadata, presentList } from './present.ts';
import { respondJson } from './respond.ts';
import { viewOf } from './view-of.ts';

/** GET of a collection. */
export const list: Handler = async (context, call) => {
  const view = viewOf(context, call);
  const page = await listObjects(context.objects, call.type, call.namespace, parseListQuery(call));
  const objects = page.items.map((item) => item.object);
  respondJson(
    call.request,
    call.query,
    call.response,
    200,
    presentList(call.type, objects, page.metadata, view),
  );
};

export interface ListPage {
  readonly items: readonly StoredObject[];
  readonly metadata: ListMetadata;
}

/**
 * One page of a list; all pages come from the first one's snapshot.
 * Throws StatusError 410 when that is gone, 504 when the revision asked for lies ahead.
 */
export async function listObjects(
  context: ObjectContext,
  type: ResourceType,
  namespace: string,
  query: ListQuery,
): Promise<ListPage> {
  const prefix = listPrefix(type, namespace);
  const start = query.continue === '' ? undefined : decodeContinue(query.continue);
  try {
    await confirmNotOlder(context, type, query);
    const after = start === undefined ? undefined : prefix + start.after;
    const found = await readPage(
      context,
      type,
      namespace,
      query,
      start?.revision ?? exactRevision(query),
      after,
    );
    return { items: found.items, metadata: metadataOf(query, prefix, found) };
  } catch (error) {
    throw translate(error, query, start);
  }
}

/** Selectors are applied behind the store, so it is read in pieces until the page is full. */
const selectivePiece = 500;

async function readPage(
  context: ObjectContext,
  type: ResourceType,
  namespace: string,
  query: ListQuery,
  revision: number | undefined,
  after: string | undefined,
): Promise<ObjectList> {
  const at = revision === undefined ? {} : { revision };
  const from = after === undefined ? {} : { after };
  if (query.limit <= 0) {
    const all = await context.objects.list(type, namespace, { ...at, ...from });
    return {
      ...all,
      items: query.selective ? all.items.filter((item) => query.selects(item.object)) : all.items,
    };
  }
  if (!query.selective) {
    return context.objects.list(type, namespace, { ...at, ...from, limit: query.limit });
  }
  const items: StoredObject[] = [];
  let piece = await context.objects.list(type, namespace, { ...at, ...from, limit: selectivePiece });
  for (;;) {
    for (const [index, item] of piece.items.entries()) {
      if (query.selects(item.object)) items.push(item);
      if (items.length === query.limit) {
        return {
          items,
          revision: piece.revision,
          remaining: piece.remaining + piece.items.length - index - 1,
        };
      }
    }
    const last = piece.items.at(-1);
    if (last === undefined || piece.remaining === 0) return { items, revision: piece.revision, remaining: 0 };
    piece = await context.objects.list(type, namespace, {
      revision: piece.revision,
      after: last.key,
      limit: selectivePiece,
    });
  }
}

/** The snapshot that the client insists on. With a limit and no match, a revision has always meant exactly that one. */
function exactRevision(query: ListQuery): number | undefined {
  const revision = Number(query.resourceVersion);
  if (revision === 0 || query.resourceVersionMatch === 'NotOlderThan') return undefined;
  return query.resourceVersionMatch === 'Exact' || query.limit > 0 ? revision : undefined;
}

async function confirmNotOlder(context: ObjectContext, type: ResourceType, query: ListQuery): Promise<void> {
  const wanted = Number(query.resourceVersion);
  if (wanted === 0) return;
  const { revision } = await context.objects.list(asKept(type), '', { limit: 1 });
  if (wanted > revision) throw new FutureRevisionError(revision);
}

function metadataOf(query: ListQuery, prefix: string, found: ObjectList): ListMetadata {
  const resourceVersion = String(found.revision);
  const last = found.items.at(-1);
  if (found.remaining === 0 || last === undefined) return { resourceVersion };
  const token = encodeContinue({ revision: found.revision, after: last.key.slice(prefix.length) });
  if (query.selective) return { resourceVersion, continue: token };
  return { resourceVersion, continue: token, remainingItemCount: found.remaining };
}

const expiredContinue =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
  'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
  'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
  'deleted between the time the first chunk was returned and now may show up in the list.';

function translate(error: unknown, query: ListQuery, start: Continuation | undefined): unknown {
  if (error instanceof FutureRevisionError) {
    return tooLargeResourceVersion(query.resourceVersion || String(start?.revision), error.currentRevision);
  }
  if (!(error instanceof CompactedError)) return error;
  if (start === undefined) return expired('The resourceVersion for the provided list is too old.');
  return expired(expiredContinue, encodeContinue({ revision: undefined, after: start.after }));
}
