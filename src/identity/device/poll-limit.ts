import { hash } from 'node:crypto';
import type { Expiring } from '../../store/index.ts';

/** When a device last asked for its tokens, and how long it has to wait now. In milliseconds. */
export interface PollRecord {
  readonly at: number;
  readonly interval: number;
}

export interface PollLimit {
  /**
   * Counts a poll.
   * @param expiresAt when the device code ends, in milliseconds since the epoch
   * @returns whether it came too early; the device then has to wait 5 s longer from now on (RFC 8628 §3.5)
   */
  isTooEarly(deviceCode: string, expiresAt: number): Promise<boolean>;
}

export interface PollLimitDeps {
  readonly records: Expiring<PollRecord>;
  now(): number;
}

/** Seconds between two polls, as the answer with the device code says (RFC 8628 §3.2). */
export const pollInterval = 5;

const step = pollInterval * 1000;
/** A client's timer and the way here may be this much off. */
const tolerance = 500;
/** However often it was too early: what waits so long between two polls has been slowed down. */
const longestInterval = 60_000;

/** Slows polling devices down, on all processes of the store together: of polls at one moment, one is in time. */
export function createPollLimit({ records, now }: PollLimitDeps): PollLimit {
  return {
    async isTooEarly(deviceCode, expiresAt) {
      const key = hash('sha256', deviceCode, 'base64url');
      for (;;) {
        const record = await records.get(key);
        const { at, interval } = record?.value ?? { at: Number.NEGATIVE_INFINITY, interval: step };
        const early = now() < at + interval - tolerance;
        const next = { at: now(), interval: early ? Math.min(longestInterval, interval + step) : interval };
        const kept = await records.put(key, next, expiresAt, { ifRevision: record?.revision ?? 0 });
        if (kept !== undefined) return early;
      }
    },
  };
}
