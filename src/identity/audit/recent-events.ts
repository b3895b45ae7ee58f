import type { IdentityAudit, IdentityEvent } from './identity-audit.ts';

export interface RecentEvents {
  /** The same trail. */
  readonly audit: IdentityAudit;
  /** What this process has put on it lately, the last first. */
  list(): readonly IdentityEvent[];
}

/** Enough to see what goes on; whoever needs all of it has the trail itself. */
const MOST = 1_000;

/** Keeps the last events in memory, for a page that shows them, once the trail has them. */
export function keepRecent(audit: IdentityAudit): RecentEvents {
  const kept: IdentityEvent[] = [];
  let next = 0;
  return {
    audit: {
      async record(event) {
        await audit.record(event);
        kept[next] = event;
        next = (next + 1) % MOST;
      },
    },
    list: () => [...kept.slice(next), ...kept.slice(0, next)].reverse(),
  };
}
