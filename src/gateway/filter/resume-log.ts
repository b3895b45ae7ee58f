/** Where each place's watch stands, in the order of the places. */
export type Positions = readonly string[];

/**
 * What a stream has sent, as far as its client could come back from it. The watches of several places are told as they
 * come, not in the order of their revisions, so the last revision that a client has seen does not say what it lacks; this
 * does.
 */
export interface ResumeLog {
  /**
   * A place has come to a position.
   * @param sent the revision that the client is shown with it; undefined when there was nothing to show
   */
  moved(place: number, position: string, sent: string | undefined): void;
  /** From where a client lacks something that has seen this revision last; undefined when not known. */
  find(sent: string): Positions | undefined;
}

/** What was sent, and how far the places have come until something else was. */
interface Entry {
  readonly sent: string | undefined;
  readonly moves: Map<number, string>;
}

/** A client that lacks more than this is not on its way, but gone. */
const LENGTH = 128;

/**
 * @param start where the stream began
 * @param sent the revision by which the client asked for that, or that it saw first; undefined for none
 */
export function createResumeLog(start: Positions, sent: string | undefined): ResumeLog {
  const entries: Entry[] = [{ sent, moves: new Map(start.map((position, place) => [place, position])) }];
  return {
    moved(place, position, seen) {
      // With nothing to show, a client that has seen the last entry has seen all up to here, too.
      if (seen !== undefined) entries.push({ sent: seen, moves: new Map() });
      entries.at(-1)?.moves.set(place, position);
      if (entries.length <= LENGTH) return;
      const [first, second] = entries.splice(0, 2) as [Entry, Entry];
      entries.unshift({ sent: second.sent, moves: new Map([...first.moves, ...second.moves]) });
    },
    find(wanted) {
      const positions: string[] = [];
      for (const { sent: seen, moves } of entries) {
        for (const [place, position] of moves) positions[place] = position;
        if (seen === wanted) return positions;
      }
      return undefined;
    },
  };
}
