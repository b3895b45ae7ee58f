import { type LeaderElection, openLeaderElection, type Store } from '../../../src/store/index.ts';
import type { StoreUnderTest } from '../store.ts';

export const TTL_MS = 2000;
export const LEADER_KEY = 'test/leader';

export interface Candidate {
  readonly election: LeaderElection;
  /** `elected` and `lost`, as they were told. */
  readonly told: string[];
  readonly errors: unknown[];
  /** Its process stands still: its timers do not run, time does. */
  paused: boolean;
  /** Each call to the store fails. */
  cutOff: boolean;
  /** What it asks of its lease is never answered. */
  unanswered: boolean;
}

export interface Candidates {
  open(): Promise<Candidate>;
  /** Lets time pass, with everybody's timers in order. */
  advance(ms: number): Promise<void>;
  leaders(): readonly Candidate[];
  /** The revision of the key that the leader holds. */
  held(): Promise<number | undefined>;
  close(): Promise<void>;
}

interface Timer {
  readonly at: number;
  readonly of: Pick<Candidate, 'paused'>;
  readonly callback: () => void;
}

const never = () => new Promise<never>(() => {});

/** Candidates on one store and one clock. */
export function createCandidates(subject: StoreUnderTest): Candidates {
  const all: Candidate[] = [];
  const timers = new Set<Timer>();
  let time = 0;
  /** Calls that the store has not answered yet. */
  let asked = 0;

  async function ask<T>(call: () => Promise<T>): Promise<T> {
    asked++;
    return call().finally(() => asked--);
  }

  /** Every promise that waits for nothing but the store and other promises has been worked off. */
  async function settled(): Promise<void> {
    do await new Promise<void>((resolve) => setImmediate(resolve));
    while (asked > 0);
  }

  function reach(candidate: Pick<Candidate, 'cutOff' | 'unanswered'>): Store {
    const check = () => {
      if (candidate.cutOff) throw new Error('the store is away');
    };
    const { store } = subject;
    return {
      ...store,
      async get(key) {
        check();
        return ask(() => store.get(key));
      },
      async txn(conditions, writes) {
        check();
        return ask(() => store.txn(conditions, writes));
      },
      async lease(ttlMs) {
        check();
        const lease = await ask(() => store.lease(ttlMs));
        return {
          id: lease.id,
          async keepAlive() {
            check();
            if (candidate.unanswered) return never();
            return ask(() => lease.keepAlive());
          },
          async revoke() {
            check();
            if (candidate.unanswered) return never();
            return ask(() => lease.revoke());
          },
        };
      },
    };
  }

  async function step(until: number): Promise<void> {
    await subject.advance(until - time);
    time = until;
    await settled();
    for (;;) {
      const due = [...timers].filter(({ at, of }) => at <= time && !of.paused);
      if (due.length === 0) return;
      for (const timer of due.sort((a, b) => a.at - b.at)) {
        if (timers.delete(timer)) timer.callback();
      }
      await settled();
    }
  }

  return {
    async open() {
      const told: string[] = [];
      const errors: unknown[] = [];
      const state = { told, errors, paused: false, cutOff: false, unanswered: false };
      const election = await openLeaderElection({
        store: reach(state),
        key: LEADER_KEY,
        ttlMs: TTL_MS,
        clock: () => time,
        schedule(ms, callback) {
          // Stores count whole milliseconds.
          const timer = { at: time + Math.ceil(ms), of: state, callback };
          timers.add(timer);
          return () => timers.delete(timer);
        },
        onElected: () => void told.push('elected'),
        onLost: () => void told.push('lost'),
        onError: (error) => void errors.push(error),
      });
      const candidate = Object.assign(state, { election });
      all.push(candidate);
      return candidate;
    },
    async advance(ms) {
      const end = time + ms;
      while (time < end) {
        const next = Math.min(end, ...[...timers].filter(({ of }) => !of.paused).map(({ at }) => at));
        await step(Math.max(next, time));
      }
      await step(end);
    },
    leaders: () => all.filter(({ election }) => election.isLeader()),
    held: async () => (await subject.store.get(LEADER_KEY))?.modRevision,
    async close() {
      await Promise.all(all.map(({ election }) => election.close()));
    },
  };
}
