import { createHash } from 'node:crypto';
import type { Expiring } from '../../store/index.ts';
import type { Attempt, Throttle } from '../accounts/sign-in/throttle.ts';

/** Bounds guessing at second factors. */
export interface FactorLimit {
  /**
   * Counts a try as failed before it is looked at.
   * @param guessable whether it could be found by trying: a code of six digits
   */
  begin(accountId: string, address: string, guessable: boolean): Promise<Attempt>;
}

export interface FactorLimitDeps {
  /** The one that passwords are counted by: per account and address, and per address. */
  readonly throttle: Throttle;
  /** When each account's bucket will be full again, in milliseconds since the epoch. */
  readonly buckets: Expiring<number>;
  /** Accounts with addresses from which they have passed a second factor. */
  readonly proven: Expiring<true>;
  now(): number;
}

/** 30 wrong codes, and one more every 10 minutes: in a month of trying, one chance in 70 to hit one. */
const size = 30;
const every = 10 * 60_000;
const provenFor = 30 * 24 * 60 * 60_000;

/**
 * Whoever knows the password may come from very many addresses: so codes are counted for the account as a whole, too. The
 * owner is not locked out by that: who has passed from an address before is not held up there by what others do, and
 * passkeys and recovery codes, which nobody can guess, are never counted together.
 */
export function createFactorLimit({ throttle, buckets, proven, now }: FactorLimitDeps): FactorLimit {
  const keyOf = (...parts: readonly string[]) =>
    createHash('sha256').update(parts.join('\0')).digest('base64url');

  /** @returns milliseconds to wait; 0 when one was taken */
  async function take(bucket: string): Promise<number> {
    for (;;) {
      const record = await buckets.get(bucket);
      const fullAt = Math.max(now(), record?.value ?? 0) + every;
      const wait = fullAt - now() - size * every;
      if (wait > 0) return wait;
      const done = await buckets.put(bucket, fullAt, fullAt, { ifRevision: record?.revision ?? 0 });
      if (done !== undefined) return 0;
    }
  }

  return {
    async begin(accountId, address, guessable) {
      const attempt = await throttle.begin(`factor\0${accountId}`, address);
      if (attempt.wait > 0) return attempt;
      const pair = keyOf(accountId, address);
      const bucket = keyOf(accountId);
      if (guessable && (await proven.get(pair)) === undefined) {
        const wait = await take(bucket);
        if (wait > 0) {
          await attempt.unchecked();
          return { ...attempt, wait };
        }
      }
      return {
        ...attempt,
        async succeeded() {
          await attempt.succeeded();
          await proven.put(pair, true, now() + provenFor);
          await buckets.delete(bucket);
        },
      };
    },
  };
}
