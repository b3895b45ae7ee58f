import { randomBytes } from 'node:crypto';
import { verify } from '@node-rs/bcrypt';

export type PasswordVerdict = 'match' | 'mismatch' | 'busy' | 'crowded';

export interface PasswordChecker {
  /**
   * Checks a password off the event loop.
   * @param hash undefined for an account that does not exist: costs the same and never matches
   * @param from the host that asks
   * @returns `busy` when more checks are waiting than can be done in reasonable time, `crowded` when it is this host's
   *   own that are waiting
   */
  check(password: string, hash: string | undefined, from: string): Promise<PasswordVerdict>;
}

export interface PasswordCheckerDeps {
  /** bcrypt cost of the check made for unknown accounts. */
  readonly unknownCost: number;
  /** Checks at a time; the others of libuv's four threads stay free for files and DNS. Default: 2. */
  readonly concurrency?: number;
  /** Default: 32. */
  readonly queueLimit?: number;
}

/** Places that one host may take in the queue, so that it cannot keep the others out. */
const placesPerHost = 4;

/** bcrypt reads no further than this. Longer passwords would match on their beginning alone. */
export const maxPasswordBytes = 72;

/** Whether bcrypt would see all of the password: it stops at 72 bytes and at the first NUL. */
export function isCheckable(password: string): boolean {
  return Buffer.byteLength(password) <= maxPasswordBytes && !password.includes('\0');
}

/** The cost to be spent on unknown accounts: the one that most of the known ones have. Default: 10. */
export function usualCost(hashes: readonly string[]): number {
  const counts = new Map<number, number>();
  for (const hash of hashes) {
    const cost = costOf(hash);
    if (cost !== undefined) counts.set(cost, (counts.get(cost) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 10;
}

/** `$2b$10$` and 53 characters of salt and digest: the cost is the second field. */
function costOf(hash: string): number | undefined {
  const cost = /^\$2[abxy]\$(\d\d)\$[./0-9A-Za-z]{53}$/.exec(hash)?.[1];
  return cost === undefined ? undefined : Number(cost);
}

/** A hash of nothing anybody could type: verifying against it costs a full bcrypt run. */
function unmatchableHash(cost: number): string {
  const digits = randomBytes(53).toString('hex').slice(0, 51);
  return `$2b$${String(cost).padStart(2, '0')}$${digits.slice(0, 21)}.${digits.slice(21, 51)}.`;
}

export function createPasswordChecker(deps: PasswordCheckerDeps): PasswordChecker {
  const { unknownCost, concurrency = 2, queueLimit = 32 } = deps;
  const unknown = unmatchableHash(unknownCost);
  const waiting: { readonly from: string; readonly go: () => void }[] = [];
  let running = 0;

  async function turn(from: string): Promise<void> {
    if (running < concurrency) {
      running++;
      return;
    }
    // Whoever finishes hands its place over, so `running` does not change.
    await new Promise<void>((go) => waiting.push({ from, go }));
  }

  function done(): void {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next.go();
  }

  return {
    async check(password, hash, from) {
      if (waiting.filter((one) => one.from === from).length >= placesPerHost) return 'crowded';
      if (running >= concurrency && waiting.length >= queueLimit) return 'busy';
      await turn(from);
      try {
        const checkable = isCheckable(password);
        const matches = await verify(checkable ? password : '', checkable ? (hash ?? unknown) : unknown);
        return matches && hash !== undefined && checkable ? 'match' : 'mismatch';
      } finally {
        done();
      }
    },
  };
}
