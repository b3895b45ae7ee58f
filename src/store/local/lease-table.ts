import type { Entry, StoreEvent } from '../store.ts';
import type { LeaseRecord } from './backend.ts';

export interface LeaseTable {
  get(id: string): LeaseRecord | undefined;
  set(lease: LeaseRecord): void;
  remove(id: string): void;
  /** Keys that die with the lease. */
  keys(id: string): readonly string[];
  /** Follows a commit: keys join, change and leave their leases. */
  follow(events: readonly StoreEvent[]): void;
  /** Leases whose deadline has come. */
  due(now: number): readonly string[];
  nextDeadline(): number | undefined;
}

/** The leases of one store and the keys that hang on each. */
export function createLeaseTable(leases: readonly LeaseRecord[], leased: readonly Entry[]): LeaseTable {
  const records = new Map<string, LeaseRecord>(leases.map((lease) => [lease.id, lease]));
  const keysOf = new Map<string, Set<string>>();

  function attach({ key, leaseId }: Entry): void {
    if (leaseId === undefined) return;
    const keys = keysOf.get(leaseId);
    if (keys === undefined) keysOf.set(leaseId, new Set([key]));
    else keys.add(key);
  }
  for (const entry of leased) attach(entry);

  return {
    get: (id) => records.get(id),
    set: (lease) => void records.set(lease.id, lease),
    remove(id) {
      records.delete(id);
      keysOf.delete(id);
    },
    keys: (id) => [...(keysOf.get(id) ?? [])],
    follow(events) {
      for (const event of events) {
        const before = event.previous?.leaseId;
        if (event.previous !== undefined && before !== undefined)
          keysOf.get(before)?.delete(event.previous.key);
        if (event.type === 'put') attach(event.entry);
      }
    },
    due: (now) => [...records.values()].filter((lease) => lease.deadline <= now).map((lease) => lease.id),
    nextDeadline() {
      let next: number | undefined;
      for (const { deadline } of records.values()) if (next === undefined || deadline < next) next = deadline;
      return next;
    },
  };
}
