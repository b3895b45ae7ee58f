import { randomBytes } from 'node:crypto';
import { AccountError } from '../account-error.ts';
import { createHashQueue, type HashLoad, type HashQueueDeps } from './hash-queue.ts';
import { type Argon2Cost, type HashWork, isBcrypt, mostWork, readArgon2id, workOf } from './hash-work.ts';
import { type Hashing, hashing as realHashing } from './hashing.ts';

export type PasswordVerdict = 'match' | 'mismatch' | 'busy' | 'crowded';

export interface Passwords {
  /**
   * Checks a password off the event loop. Whatever the hash is, the same work is done: that of the costliest bcrypt hash
   * there is and that of the costliest argon2id hash there is. What the account's own hash leaves of it is made up for.
   * @param hash undefined for an account that does not exist or has no password: costs the same and never matches
   * @param from the host that asks; undefined when none does
   * @returns `busy` when more is waiting than can be done in reasonable time, `crowded` when it is this host's own
   */
  check(password: string, hash: string | undefined, from: string | undefined): Promise<PasswordVerdict>;
  /**
   * An argon2id hash of today's strength.
   * @throws AccountError `busy`
   */
  hash(password: string, from: string | undefined): Promise<string>;
  /** Whether the hash is of another kind than new ones, or weaker. */
  isOutdated(hash: string): boolean;
  load(): HashLoad;
}

export interface PasswordsDeps extends HashQueueDeps {
  /** The most that any hash takes to be checked. */
  mostWork(): Promise<HashWork>;
  /** Of new hashes. Default: 19 MiB, 2 passes (OWASP's first choice for one lane). */
  readonly argon2?: Argon2Cost | undefined;
  readonly hashing?: Hashing | undefined;
}

/** bcrypt reads no further than this. Longer passwords would match on their beginning alone. */
const longestForBcrypt = 72;

/** KiB: with less memory there is no argon2 of one lane (RFC 9106 §3.1). */
const leastArgon2 = 8;

/** Whether bcrypt would see all of the password: it stops at 72 bytes and at the first NUL. */
function isWholeForBcrypt(password: string): boolean {
  return Buffer.byteLength(password) <= longestForBcrypt && !password.includes('\0');
}

/** A hash of nothing anybody could type: verifying against it costs a full bcrypt run. */
function unmatchableHash(cost: number): string {
  const digits = randomBytes(53).toString('hex').slice(0, 51);
  return `$2b$${String(cost).padStart(2, '0')}$${digits.slice(0, 21)}.${digits.slice(21, 51)}.`;
}

export function createPasswords(deps: PasswordsDeps): Passwords {
  const { argon2 = { memoryCost: 19_456, timeCost: 2 }, hashing = realHashing } = deps;
  const queue = createHashQueue(deps);
  const unmatchable = new Map<number, string>();

  async function idleBcrypt(cost: number): Promise<void> {
    const hash = unmatchable.get(cost) ?? unmatchableHash(cost);
    unmatchable.set(cost, hash);
    await hashing.verifyBcrypt('', hash);
  }

  async function idleArgon2(work: number): Promise<void> {
    const memoryCost = Math.min(work, argon2.memoryCost);
    const timeCost = Math.floor(work / memoryCost);
    await hashing.hashArgon2('', { memoryCost, timeCost });
    const rest = work - memoryCost * timeCost;
    if (rest >= leastArgon2) await hashing.hashArgon2('', { memoryCost: rest, timeCost: 1 });
  }

  /** Does the work that is left: a run of cost c and runs of c, c+1, … up to the most but one take what one of the most does. */
  async function makeUp(done: HashWork, most: HashWork): Promise<void> {
    if (done.bcryptCost === 0 && most.bcryptCost > 0) await idleBcrypt(most.bcryptCost);
    else for (let cost = done.bcryptCost; cost < most.bcryptCost; cost++) await idleBcrypt(cost);
    const left = most.argon2 - done.argon2;
    if (left >= leastArgon2) await idleArgon2(left);
  }

  async function verify(password: string, hash: string): Promise<boolean> {
    if (!isBcrypt(hash)) return hashing.verifyArgon2(password, hash);
    const whole = isWholeForBcrypt(password);
    return (await hashing.verifyBcrypt(whole ? password : '', hash)) && whole;
  }

  async function checkNow(password: string, hash: string | undefined): Promise<PasswordVerdict> {
    const work = workOf(hash ?? '');
    const most = mostWork([await deps.mostWork(), work]);
    // Text that is no hash of a kind known here takes no work and matches nothing.
    const known = hash !== undefined && work.bcryptCost + work.argon2 > 0;
    const matches = known && (await verify(password, hash));
    await makeUp(work, most);
    return matches ? 'match' : 'mismatch';
  }

  return {
    check: (password, hash, from) => queue.run(from, () => checkNow(password, hash)),
    async hash(password, from) {
      const hash = await queue.run(from, () => hashing.hashArgon2(password, argon2));
      if (hash === 'busy' || hash === 'crowded')
        throw new AccountError('busy', 'too many passwords are being checked; try again', { wait: 1000 });
      return hash;
    },
    isOutdated(hash) {
      const cost = readArgon2id(hash);
      return cost === undefined || cost.memoryCost < argon2.memoryCost || cost.timeCost < argon2.timeCost;
    },
    load: () => queue.load(),
  };
}
