import { createHash } from 'node:crypto';
import { createResumeLog, type Positions, type ResumeLog } from './resume-log.ts';
import { isOlder } from './revision.ts';

/** Whose revisions they are: one caller's of one collection, in certain places. */
export interface ResumeScope {
  readonly purpose: string;
  readonly placeNames: string;
}

/**
 * The revisions that clients have been given with filtered answers. A watch goes on from such a revision only as long as
 * the caller may see the same places as when it was given: else the client would never hear of what was there before in
 * a new place, and never forget what it has of a lost one. What is not known here (any more), is answered with 410, and the
 * client lists anew.
 */
export interface ResumePoints {
  /** The client has all places as they were at this revision. */
  listed(scope: ResumeScope, revision: string): void;
  /**
   * A stream has begun.
   * @param selection what it selects: what it has passed over is not known to one that selects otherwise
   * @param sent the revision by which the client asked for this start; undefined for none
   */
  stream(scope: ResumeScope, selection: string, start: Positions, sent: string | undefined): ResumeLog;
  /** Where each place's watch has to go on for a client that has seen this revision last; undefined for nowhere. */
  find(scope: ResumeScope, selection: string, revision: string, places: number): Positions | undefined;
}

interface Collection {
  /** Revision of a list to the names of the places that were in it. */
  readonly lists: Map<string, string>;
  readonly streams: Set<{ placeNames: string; selection: string; log: ResumeLog }>;
}

const MOST_COLLECTIONS = 512;
const MOST_LISTS = 32;
const MOST_STREAMS = 8;

export function createResumePoints(): ResumePoints {
  /** Least recently used first. */
  const collections = new Map<string, Collection>();

  function collectionOf({ purpose }: ResumeScope): Collection {
    // Groups can be many, and nobody has to read this.
    const key = createHash('sha256').update(purpose).digest('base64');
    const found = collections.get(key) ?? { lists: new Map(), streams: new Set() };
    collections.delete(key);
    collections.set(key, found);
    dropOldest(collections, MOST_COLLECTIONS);
    return found;
  }

  return {
    listed(scope, revision) {
      const { lists } = collectionOf(scope);
      lists.delete(revision);
      lists.set(revision, scope.placeNames);
      dropOldest(lists, MOST_LISTS);
    },
    stream(scope, selection, start, sent) {
      const { streams } = collectionOf(scope);
      const log = createResumeLog(start, sent);
      streams.add({ placeNames: scope.placeNames, selection, log });
      dropOldest(streams, MOST_STREAMS);
      return log;
    },
    find(scope, selection, revision, places) {
      const { lists, streams } = collectionOf(scope);
      const known: Positions[] = [];
      if (lists.get(revision) === scope.placeNames) known.push(Array<string>(places).fill(revision));
      for (const { placeNames, selection: selected, log } of streams) {
        const positions =
          placeNames === scope.placeNames && selected === selection ? log.find(revision) : undefined;
        if (positions !== undefined) known.push(positions);
      }
      // Two clients may have seen the same revision with different things before it: repeated is better than lost.
      return known.length === 0 ? undefined : known.reduce(olderOfEach);
    },
  };
}

function olderOfEach(a: Positions, b: Positions): Positions {
  return a.map((position, place) => {
    const other = b[place] ?? position;
    return isOlder(other, position) ? other : position;
  });
}

function dropOldest(collection: Map<string, unknown> | Set<unknown>, most: number): void {
  for (const oldest of collection.keys()) {
    if (collection.size <= most) return;
    collection.delete(oldest as string);
  }
}
