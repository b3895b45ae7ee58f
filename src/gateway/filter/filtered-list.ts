import type { ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { createListWriter, type ListPage, listAnew, type QueryChanges, readListPage } from '../list/index.ts';
import type { Answer, Ask } from './ask.ts';
import { targetFor } from './collection-query.ts';
import type { ContinueTokens } from './continue-token.ts';
import type { FilteredRequest } from './filtered-request.ts';
import { firstQuery, furtherQuery, type ListQuery, readListQuery, snapshotQuery } from './list-query.ts';
import { type Place, placeName } from './place.ts';
import { RefusedAnswer } from './refused-answer.ts';

export interface FilteredListDeps {
  readonly ask: Ask;
  readonly tokens: ContinueTokens;
  /** The API server has let the caller list a part: the list will be answered. @param warnings of the API server */
  confirmed(warnings: Answer['headers'][string]): void;
  /** The client is going to have everything as it was at this revision. */
  listed(revision: string): void;
}

/** The snapshot is gone: what has been read so far is of no use. */
class SnapshotGone extends Error {}

/** A compaction happens every few minutes; twice during one list is no coincidence. */
const ATTEMPTS = 3;

/**
 * Answers a list with the lists of all places, one after the other, as one. All come from the snapshot that the first
 * request has fixed, so that a watch from the list's revision loses nothing and repeats nothing; a continue token holds the
 * place, the snapshot and the API server's own token.
 * @throws StatusError 400, 403, 410, 422; RefusedAnswer when the API server refuses
 */
export async function answerList(
  filtered: FilteredRequest,
  response: ServerResponse,
  deps: FilteredListDeps,
): Promise<void> {
  const query = readListQuery(filtered.query);
  for (let attempt = 1; ; attempt++) {
    try {
      await tellPages(filtered, response, deps, query);
      return;
    } catch (error) {
      if (!(error instanceof SnapshotGone)) throw error;
      if (query.continue !== '' || attempt === ATTEMPTS || response.headersSent) throw listAnew();
    }
  }
}

/** Where reading stands. */
interface Position {
  place: number;
  continue: string;
  revision: string | undefined;
  /** Objects that fit into what is left of the client's page. */
  left: number;
}

async function tellPages(
  filtered: FilteredRequest,
  response: ServerResponse,
  deps: FilteredListDeps,
  query: ListQuery,
): Promise<void> {
  const { places, placeNames, purpose } = filtered;
  const at = startOf(filtered, query, deps.tokens);
  const writer = createListWriter(response, query.limit === 0);
  for (;;) {
    const page = await readPage(filtered, deps, query, at);
    if (at.revision === undefined) deps.listed(page.resourceVersion);
    at.revision ??= page.resourceVersion;
    at.left -= page.count;
    at.continue = page.continue;
    if (page.continue === '') at.place += 1;
    await writer.page(page, at.revision);
    if (response.destroyed) return;
    const place = places[at.place];
    if (place === undefined) return writer.end('');
    if (at.left <= 0) {
      const { revision } = at;
      const next = { revision, places: placeNames, place: placeName(place), continue: at.continue };
      return writer.end(deps.tokens.encode(next, purpose));
    }
  }
}

function startOf(
  { places, placeNames, purpose }: FilteredRequest,
  query: ListQuery,
  tokens: ContinueTokens,
): Position {
  const left = query.limit === 0 ? Number.POSITIVE_INFINITY : query.limit;
  if (query.continue === '') return { place: 0, continue: '', revision: undefined, left };
  const token = tokens.decode(query.continue, purpose);
  const place = places.findIndex((candidate) => placeName(candidate) === token.place);
  // Rights have changed between two pages: those to come would not fit those before.
  if (token.places !== placeNames || place < 0) throw listAnew();
  return { place, continue: token.continue, revision: token.revision, left };
}

async function readPage(
  filtered: FilteredRequest,
  deps: FilteredListDeps,
  query: ListQuery,
  at: Position,
): Promise<ListPage> {
  const place = filtered.places[at.place] as Place;
  const target = targetFor(filtered.requestInfo, filtered.query, place, changesAt(query, at));
  const answer = await deps.ask(target);
  if (answer.status !== 200) {
    // No such resource in a namespace: it belongs to the cluster, and the caller may not list it.
    if (answer.status === 404) throw discard(answer, filtered.refusal);
    const isFirst = at.revision === undefined;
    throw answer.status === 410 && !isFirst ? discard(answer, new SnapshotGone()) : new RefusedAnswer(answer);
  }
  if (at.revision === undefined || query.continue !== '') deps.confirmed(answer.headers['warning']);
  const page = readListPage(await buffer(answer.body));
  if (page.resourceVersion === '') throw new SyntaxError('a list without a revision');
  return page;
}

function changesAt(query: ListQuery, { revision, continue: token, left }: Position): QueryChanges {
  if (token !== '') return furtherQuery(token, left);
  return revision === undefined ? firstQuery(query, left) : snapshotQuery(revision, left);
}

function discard(answer: Answer, error: Error): Error {
  answer.body.destroy();
  return error;
}
