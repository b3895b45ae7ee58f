import { createHash } from 'node:crypto';
import type { Expiring } from '../../store/index.ts';

/** Failed attempts of one account from one address. */
export interface AttemptRecord {
  readonly failures: number;
  /** Milliseconds since the epoch; until then no attempt is looked at. */
  readonly blockedUntil: number;
}

export interface Throttle {
  /**
   * Counts an attempt as failed before it is checked, so that attempts made at once cannot outrun the count.
   * @returns milliseconds to wait before anything is checked; 0 when this attempt may go ahead
   */
  begin(login: string, address: string): Promise<number>;
  /** The attempt was right: the count starts anew. */
  succeeded(login: string, address: string): Promise<void>;
  /** The attempt was never checked: it does not count. */
  unchecked(login: string, address: string): Promise<void>;
}

export interface ThrottleDeps {
  readonly records: Expiring<AttemptRecord>;
  now(): number;
}

const freeFailures = 5;
const longestDelay = 15 * 60_000;
const memory = 60 * 60_000;

/** 1 s after the fifth failure, doubled by each further one, at most 15 minutes. */
function delayAfter(failures: number): number {
  return failures < freeFailures
    ? 0
    : Math.min(longestDelay, 1000 * 2 ** Math.min(failures - freeFailures, 20));
}

/**
 * Slows guessing down per account and address. Another address is never slowed down, so nobody can lock an account's
 * owner out; unknown accounts are counted like known ones, so the delay tells nothing.
 */
export function createThrottle({ records, now }: ThrottleDeps): Throttle {
  const keyOf = (login: string, address: string) =>
    createHash('sha256').update(`${login}\0${address}`).digest('base64url');

  return {
    async begin(login, address) {
      const key = keyOf(login, address);
      for (;;) {
        const record = await records.get(key);
        const wait = (record?.value.blockedUntil ?? 0) - now();
        if (wait > 0) return wait;
        const failures = (record?.value.failures ?? 0) + 1;
        const value = { failures, blockedUntil: now() + delayAfter(failures) };
        const done = await records.put(key, value, now() + memory, { ifRevision: record?.revision ?? 0 });
        if (done !== undefined) return 0;
      }
    },
    async succeeded(login, address) {
      await records.delete(keyOf(login, address));
    },
    async unchecked(login, address) {
      const key = keyOf(login, address);
      const record = await records.get(key);
      if (record === undefined) return;
      const value = { failures: Math.max(0, record.value.failures - 1), blockedUntil: now() };
      // When this does not hold, another attempt has counted since: a count too many is the safe side.
      await records.put(key, value, record.expiresAt, { ifRevision: record.revision });
    },
  };
}
