import { randomUUID } from 'node:crypto';
import { requireTimeToLive } from '../check-request.ts';
import { type Lease, LeaseNotFoundError, type StoreEvent, type Write } from '../store.ts';
import type { Backend, Kept } from './backend.ts';
import { createLeaseTable } from './lease-table.ts';

export interface LocalLeasesDeps {
  readonly backend: Pick<Backend, 'leases' | 'leasedEntries' | 'saveLease'>;
  now(): number;
  /** Told when leases could not be ended on time; they are tried again. */
  onError(error: Error): void;
  /** Commits the deletion of the lease's keys and the lease itself in one transaction. */
  commit(writes: readonly Write[], endedLease: string): Kept;
}

export interface LocalLeases {
  grant(ttlMs: number): Promise<Lease>;
  /** @throws LeaseNotFoundError when the lease has ended */
  requireAlive(id: string): void;
  /** Takes note of a commit, before anybody else hears of it. */
  follow(events: readonly StoreEvent[], endedLease?: string): void;
  /** What was written last is not there any more. */
  reload(): void;
  /** Ends every lease whose deadline has come. */
  expire(): Promise<void>;
  close(): void;
}

const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;
const RETRY_MS = 1000;

/** Leases of a store inside this process: deadlines on the given clock, one timer for the next of them. */
export function createLocalLeases({ backend, now, onError, commit }: LocalLeasesDeps): LocalLeases {
  const load = () => createLeaseTable(backend.leases(), backend.leasedEntries());
  let table = load();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function schedule(atLeastMs = 1): void {
    clearTimeout(timer);
    const deadline = table.nextDeadline();
    if (closed || deadline === undefined) return;
    timer = setTimeout(onTimer, Math.min(Math.max(deadline - now(), atLeastMs), LONGEST_TIMEOUT_MS));
    timer.unref();
  }

  function onTimer(): void {
    expire().catch((error: unknown) => {
      onError(error instanceof Error ? error : new Error('ending leases failed', { cause: error }));
      schedule(RETRY_MS);
    });
  }

  function end(id: string): Kept {
    const deletes = table.keys(id).map((key): Write => ({ type: 'delete', key }));
    return commit(deletes, id);
  }

  async function expire(): Promise<void> {
    await Promise.all(table.due(now()).map(end));
    schedule();
  }

  function reload(): void {
    table = load();
  }

  async function save(id: string, ttlMs: number): Promise<void> {
    const lease = { id, ttlMs, deadline: now() + ttlMs };
    const kept = backend.saveLease(lease);
    table.set(lease);
    schedule();
    await kept?.catch((error: unknown) => {
      reload();
      throw error;
    });
  }

  function isAlive(id: string): boolean {
    const lease = table.get(id);
    return !closed && lease !== undefined && lease.deadline > now();
  }

  return {
    async grant(ttlMs) {
      requireTimeToLive(ttlMs);
      const id = randomUUID();
      await save(id, ttlMs);
      return {
        id,
        async keepAlive() {
          if (!isAlive(id)) return false;
          await save(id, ttlMs);
          return true;
        },
        async revoke() {
          if (!closed && table.get(id) !== undefined) await end(id);
          schedule();
        },
      };
    },
    requireAlive(id) {
      if (!isAlive(id)) throw new LeaseNotFoundError();
    },
    follow(events, endedLease) {
      table.follow(events);
      if (endedLease !== undefined) table.remove(endedLease);
    },
    reload,
    expire,
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
