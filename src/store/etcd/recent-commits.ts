import type { StoreEvent } from '../store.ts';
import { eventKey, type WatchHistory } from '../watch-hub.ts';

/** The last commits that this process has heard of: what watches begin with that begin a little in the past. */
export interface RecentCommits extends WatchHistory {
  add(events: readonly StoreEvent[], revision: number): void;
  /** What led to this revision is not to be told any more. */
  forgetTo(revision: number): void;
  /** Nothing is known of what led to this revision. */
  startFrom(revision: number): void;
}

interface RecentCommit {
  readonly events: readonly StoreEvent[];
  readonly revision: number;
  /** Of its keys and values, in characters. */
  readonly size: number;
}

const MOST_COMMITS = 5000;
const LARGEST_SIZE = 16 * 1024 * 1024;

export function createRecentCommits(start: number): RecentCommits {
  let commits: RecentCommit[] = [];
  let size = 0;
  let begin = start;
  let last = start;

  function forgetTo(revision: number): void {
    if (revision <= begin) return;
    begin = revision;
    commits = commits.filter((commit) => commit.revision > revision);
    size = commits.reduce((sum, commit) => sum + commit.size, 0);
  }

  return {
    revision: () => last,
    compactedRevision: () => begin,
    events(prefix, after, through) {
      const first = commits.findLastIndex(({ revision }) => revision <= after) + 1;
      const found: StoreEvent[] = [];
      for (let at = first; at < commits.length; at += 1) {
        const commit = commits[at];
        if (commit === undefined || commit.revision > through) break;
        for (const event of commit.events) if (eventKey(event).startsWith(prefix)) found.push(event);
      }
      return found;
    },
    add(events, revision) {
      const commit = { events, revision, size: sizeOf(events) };
      commits.push(commit);
      size += commit.size;
      last = revision;
      // Half of them at once, so that it is rarely done.
      if (commits.length > MOST_COMMITS || size > LARGEST_SIZE)
        forgetTo(commits[commits.length >>> 1]?.revision ?? revision);
    },
    forgetTo,
    startFrom(revision) {
      forgetTo(revision);
      last = Math.max(last, revision);
    },
  };
}

function sizeOf(events: readonly StoreEvent[]): number {
  let size = 0;
  for (const event of events) {
    size += eventKey(event).length + (event.previous?.value.length ?? 0);
    if (event.type === 'put') size += event.entry.value.length;
  }
  return size;
}
