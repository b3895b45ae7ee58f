import { hash } from 'node:crypto';
import type { Expiring } from '../../../store/index.ts';
import { normalizeLogin } from '../login.ts';
import type { AddressLimit } from './address-limit.ts';

/** Failed attempts at one login from one address. */
export interface AttemptRecord {
  readonly failures: number;
  /** Milliseconds since the epoch; until then no attempt is looked at. */
  readonly blockedUntil: number;
}

export interface Attempt {
  /** Milliseconds to wait before anything is checked; 0 when this attempt may go ahead. */
  readonly wait: number;
  /** The attempt was right: it does not count, and the account's count starts anew. */
  succeeded(): Promise<void>;
  /** The attempt was never checked: it does not count. */
  unchecked(): Promise<void>;
}

export interface Throttle {
  /**
   * Counts an attempt as failed before it is checked, so that attempts made at once cannot outrun the count.
   * @param target what is guessed at
   */
  begin(target: string, address: string): Promise<Attempt>;
}

/**
 * A password that is guessed for a login, in its one spelling. The account is not looked at: an account's two logins that
 * were slowed down together would tell that they are one, and that it is there.
 */
export function loginTarget(login: string): string {
  return `login\0${normalizeLogin(login)}`;
}

export interface ThrottleDeps {
  readonly records: Expiring<AttemptRecord>;
  /** Logins that were signed in with from an address. */
  readonly proven: Expiring<true>;
  readonly addresses: AddressLimit;
  /** Milliseconds since the epoch. */
  now(): number;
}

const freeFailures = 5;
const longestDelay = 15 * 60_000;
const memory = 60 * 60_000;
const provenFor = 7 * 24 * 60 * 60_000;

/** 1 s after the fifth failure, doubled by each further one, at most 15 minutes. */
function delayAfter(failures: number): number {
  return failures < freeFailures
    ? 0
    : Math.min(longestDelay, 1000 * 2 ** Math.min(failures - freeFailures, 20));
}

function refused(wait: number): Attempt {
  const nothing = async () => {};
  return { wait, succeeded: nothing, unchecked: nothing };
}

/**
 * Slows guessing down per login and address, and per address, for all replicas together. Another address is never
 * slowed down, so nobody can lock an account's owner out; unknown accounts are counted like known ones, so the delay
 * tells nothing. Many people may share an address: who has signed in from it within a week is not slowed down by what
 * the others there do.
 */
export function createThrottle({ records, proven, addresses, now }: ThrottleDeps): Throttle {
  async function count(key: string): Promise<number> {
    for (;;) {
      const record = await records.get(key);
      const wait = (record?.value.blockedUntil ?? 0) - now();
      if (wait > 0) return wait;
      const failures = (record?.value.failures ?? 0) + 1;
      const value = { failures, blockedUntil: now() + delayAfter(failures) };
      const done = await records.put(key, value, now() + memory, { ifRevision: record?.revision ?? 0 });
      if (done !== undefined) return 0;
    }
  }

  async function uncount(key: string): Promise<void> {
    const record = await records.get(key);
    if (record === undefined) return;
    const value = { failures: Math.max(0, record.value.failures - 1), blockedUntil: now() };
    // When this does not hold, another attempt has counted since: a count too many is the safe side.
    await records.put(key, value, record.expiresAt, { ifRevision: record.revision });
  }

  return {
    async begin(target, address) {
      const key = hash('sha256', `${target}\0${address}`, 'base64url');
      const addressWait = await addresses.take(address);
      if (addressWait > 0 && (await proven.get(key)) === undefined) return refused(addressWait);
      // Only what was taken may be given back: else each sign-in of one's own would buy a guess at another account.
      const refund = async () => {
        if (addressWait === 0) await addresses.refund(address);
      };
      const wait = await count(key);
      if (wait > 0) {
        await refund();
        return refused(wait);
      }
      return {
        wait: 0,
        async succeeded() {
          await refund();
          await records.delete(key);
          await proven.put(key, true, now() + provenFor);
        },
        async unchecked() {
          await refund();
          await uncount(key);
        },
      };
    },
  };
}
