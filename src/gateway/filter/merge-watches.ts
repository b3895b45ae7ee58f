import type { Positions, ResumeLog } from './resume-log.ts';
import { isOlder, oldest } from './revision.ts';
import { bookmarkAt, readFrame, type WatchFrame } from './watch-frame.ts';

export interface MergeOptions {
  readonly places: number;
  /** Where the places' watches begin; undefined when each begins with what there is. */
  readonly start: Positions | undefined;
  /** The revision by which the client asked for this start. */
  readonly from: string | undefined;
  /** Whether the client wants bookmarks. The places' watches always have them. */
  readonly bookmarks: boolean;
  /** Whether a bookmark ends the initial events (sendInitialEvents). */
  readonly initialEvents: boolean;
  /**
   * All positions are known.
   * @param sent the revision that the client sees at this moment; undefined for none
   */
  begin(positions: Positions, sent: string | undefined): ResumeLog;
}

/** Makes one watch of several, event by event. Pure: reads nothing, writes nothing. */
export interface MergedWatch {
  /**
   * Takes the next line of a place's watch.
   * @returns the line to send; undefined for none
   * @throws SyntaxError when it is no event
   */
  take(place: number, line: Buffer): Buffer | undefined;
  /** Whether an error has been told: nothing comes after it. */
  isOver(): boolean;
  /** Whether the initial events of all places have been told, or none are wanted. */
  isLive(): boolean;
  /** Whether the place has told its initial events and must wait for the others to have told theirs. */
  isHeld(place: number): boolean;
}

/**
 * Objects' events pass byte for byte and as soon as they come. A bookmark says that everything up to its revision has been
 * told, so the client gets one with the oldest of the places' positions, and only when that has grown. The end of the
 * initial events is told when it has come from all.
 */
export function mergeWatches({
  places,
  start,
  from,
  bookmarks,
  initialEvents,
  begin,
}: MergeOptions): MergedWatch {
  /** Up to where each place has told everything; unknown while it tells what there is, in the order of names. */
  const positions: (string | undefined)[] = start === undefined ? Array(places).fill(undefined) : [...start];
  const ended = new Set<number>();
  let log = start === undefined ? undefined : begin(start, from);
  let marked = '';
  let over = false;

  const isLive = () => !initialEvents || ended.size === places;

  function move(place: number, position: string, sent: string | undefined): void {
    positions[place] = position;
    if (log !== undefined) log.moved(place, position, sent);
    else if (oldest(positions) !== undefined) log = begin(positions as string[], sent);
  }

  function bookmark(
    place: number,
    line: Buffer,
    { resourceVersion, endsInitialEvents }: WatchFrame,
  ): Buffer | undefined {
    const wasLive = isLive();
    if (endsInitialEvents) ended.add(place);
    const common = oldest(positions.with(place, resourceVersion));
    const marks = isLive() && (!wasLive || isNews(common));
    const sent = bookmarks && marks ? common : undefined;
    move(place, resourceVersion, sent);
    if (sent === undefined) return undefined;
    marked = sent;
    return bookmarkAt(line, sent);
  }

  /** A revision that the client has already seen with an event must not come to mean something else. */
  function isNews(revision: string | undefined): boolean {
    return revision !== undefined && isOlder(marked, revision) && log?.find(revision) === undefined;
  }

  return {
    take(place, line) {
      const frame = readFrame(line);
      if (frame.type === 'ERROR') {
        over = true;
        return line;
      }
      if (frame.resourceVersion === '') throw new SyntaxError('an event without a revision');
      if (frame.type === 'BOOKMARK') return bookmark(place, line, frame);
      const isReplay = positions[place] === undefined && frame.type === 'ADDED';
      if (!isReplay) move(place, frame.resourceVersion, frame.resourceVersion);
      return line;
    },
    isOver: () => over,
    isLive,
    isHeld: (place) => !isLive() && ended.has(place),
  };
}
