import { followPrefix } from './follow-prefix.ts';
import { scheduleTimeout } from './schedule-timeout.ts';
import type { Lease, Store, Watcher } from './store.ts';

export interface LeaderElection {
  /** Whether this candidate may act now. Asked anew before each step of a longer work: a pause may have ended it. */
  isLeader(): boolean;
  /** Resigns, so that another candidate leads at once, and stands no more. */
  close(): Promise<void>;
}

export interface LeaderElectionDeps {
  readonly store: Store;
  /** The key that whoever leads holds; nothing else is written there. */
  readonly key: string;
  /** How long a leader that has died keeps the others waiting, in milliseconds. Default: 15 s. */
  readonly ttlMs?: number;
  /** Milliseconds on a clock that never goes back. Default: the process's own. */
  readonly clock?: () => number;
  /** Calls back after the given milliseconds, unless the returned function is called. Default: a timer that keeps no process alive. */
  readonly schedule?: (ms: number, callback: () => void) => () => void;
  onElected?(): void;
  /** This candidate leads no more: told before anybody else can. */
  onLost?(): void;
  /** Told of every failure; the candidate stands again by itself. */
  onError(error: unknown): void;
}

/** One time of leading. */
interface Term {
  readonly lease: Lease;
  /** The key's modRevision. */
  readonly revision: number;
  /** On `clock`; from then on the lease may have ended. */
  until: number;
}

/**
 * Part of the lease's time that is not used: clocks run at slightly different speeds, and what was begun as a leader
 * takes a moment to end.
 */
const RESERVE = 1 / 5;
const RENEWALS = 3;

/**
 * Lets one of all candidates on a store lead: the one whose lease holds the key. Time is counted from before the store
 * was asked, so a leader that cannot renew, or was paused, has stopped before its lease can have ended. Resolves when
 * the first attempt has been made.
 */
export async function openLeaderElection(deps: LeaderElectionDeps): Promise<LeaderElection> {
  const { store, key, ttlMs = 15_000, clock = () => performance.now(), schedule = scheduleTimeout } = deps;
  let term: Term | undefined;
  let campaign: Promise<void> | undefined;
  let freedMeanwhile = false;
  let lastRemoved = 0;
  let closed = false;
  let cancelRenewal = (): void => {};
  let cancelEnd = (): void => {};
  let cancelRetry = (): void => {};

  function tell(listener: (() => void) | undefined): void {
    try {
      listener?.();
    } catch (error) {
      deps.onError(error);
    }
  }

  /** The store may still know the lease: ending it there lets another candidate lead at once. */
  async function giveUp(lease: Lease): Promise<void> {
    await lease.revoke().catch((error: unknown) => deps.onError(error));
  }

  function lose(): Lease | undefined {
    if (term === undefined) return undefined;
    const { lease } = term;
    term = undefined;
    cancelRenewal();
    cancelEnd();
    tell(() => deps.onLost?.());
    return lease;
  }

  function loseAndStandAgain(): void {
    const lease = lose();
    if (lease === undefined) return;
    // A store that does not answer must not be waited for.
    cancelRetry = schedule(ttlMs, () => void stand());
    void giveUp(lease).then(stand);
  }

  function renewed(current: Term, askedAt: number): void {
    current.until = askedAt + ttlMs * (1 - RESERVE);
    cancelEnd();
    cancelEnd = schedule(current.until - clock(), loseAndStandAgain);
    cancelRenewal = schedule(ttlMs / RENEWALS, () => void renew(current));
  }

  async function renew(current: Term): Promise<void> {
    const askedAt = clock();
    const alive = await current.lease.keepAlive().catch((error: unknown) => {
      deps.onError(error);
      return undefined;
    });
    if (term !== current) return;
    if (alive === undefined) cancelRenewal = schedule(ttlMs / RENEWALS / 4, () => void renew(current));
    else if (alive && askedAt < current.until) renewed(current, askedAt);
    else loseAndStandAgain();
  }

  async function attempt(): Promise<void> {
    if (closed || term !== undefined || (await store.get(key)) !== undefined) return;
    const askedAt = clock();
    const lease = await store.lease(ttlMs);
    try {
      const { committed, revision } = await store.txn(
        [{ key, modRevision: 0 }],
        [{ type: 'put', key, value: '', leaseId: lease.id }],
      );
      const inTime = clock() < askedAt + ttlMs * (1 - RESERVE) && lastRemoved < revision;
      // Whoever closes waits until the key is free; whoever goes on must not wait for an answer that may never come.
      if (closed) return await giveUp(lease);
      if (!committed || !inTime) return void giveUp(lease);
      term = { lease, revision, until: 0 };
      renewed(term, askedAt);
      tell(() => deps.onElected?.());
    } catch (error) {
      // The key may have been written all the same: then it holds until the lease ends.
      void giveUp(lease);
      throw error;
    }
  }

  /** Attempts never overlap. The watch tells when the key is free; asking now and then is for when it has failed. */
  function stand(): Promise<void> {
    if (closed) return Promise.resolve();
    if (campaign !== undefined) {
      freedMeanwhile = true;
      return campaign;
    }
    cancelRetry();
    freedMeanwhile = false;
    campaign = attempt()
      .catch((error: unknown) => deps.onError(error))
      .finally(() => {
        campaign = undefined;
        if (closed || term !== undefined) return;
        cancelRetry = schedule(freedMeanwhile ? 0 : ttlMs, () => void stand());
      });
    return campaign;
  }

  const watcher: Watcher = await followPrefix({ store, schedule, onError: deps.onError }, key, {
    put(entry) {
      if (entry.key === key && term !== undefined && entry.modRevision !== term.revision) loseAndStandAgain();
    },
    remove(entry) {
      if (entry.key !== key) return;
      lastRemoved = Math.max(lastRemoved, entry.modRevision);
      if (term?.revision === entry.modRevision) loseAndStandAgain();
      else void stand();
    },
  });
  await stand();

  return {
    isLeader: () => term !== undefined && clock() < term.until,
    async close() {
      closed = true;
      cancelRetry();
      watcher.close();
      await campaign;
      const lease = lose();
      if (lease !== undefined) await giveUp(lease);
    },
  };
}
