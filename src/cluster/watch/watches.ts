import { tooManyRequests } from '../../kube/index.ts';

/** What watches may take: one that is not read costs its user's connection and nobody else's memory. */
export interface WatchLimits {
  /** Open watches of one user name. */
  readonly perUser: number;
  /** Open watches of all users. */
  readonly total: number;
  /** Bytes that may wait for one slow client. */
  readonly waitingEach: number;
  /** Bytes that may wait for all clients; a line that waits for several is there once. */
  readonly waitingTotal: number;
}

const mebibyte = 1024 * 1024;

/** kubectl and a controller need one watch a resource; a dashboard with several tabs some dozens. */
const defaults: WatchLimits = {
  perUser: 200,
  total: 5000,
  waitingEach: 4 * mebibyte,
  waitingTotal: 64 * mebibyte,
};

/** One open watch in the accounts. */
export interface WatchAccount {
  /** The line waits for the client. May cut off the slowest watches, this one among them. */
  hold(line: Buffer): void;
  /** The client has taken the line. */
  release(line: Buffer): void;
  /** Bytes that wait for this client. */
  waiting(): number;
  isOverfull(): boolean;
  /** Gives everything back; further calls do nothing. */
  close(): void;
}

/** The accounts of all open watches of a cluster. */
export interface Watches {
  /**
   * Throws StatusError 429 when the user, or all together, have too many open.
   * @param cutOff called, after the account is closed, when this watch has to go for the others' sake
   */
  open(username: string, cutOff: () => void): WatchAccount;
  count(): number;
  /** Bytes that wait in all watches. */
  waiting(): number;
}

interface OpenAccount extends WatchAccount {
  readonly cutOff: () => void;
  /** Bytes that wait, times how long the oldest has. */
  slowness(at: number): number;
}

/** @param now milliseconds, from any point in time */
export function createWatches(
  limits: Partial<WatchLimits> = {},
  now: () => number = () => performance.now(),
): Watches {
  const { perUser, total, waitingEach, waitingTotal } = { ...defaults, ...limits };
  const accounts = new Set<OpenAccount>();
  const openOf = new Map<string, number>();
  const holders = new Map<Buffer, number>();
  let waiting = 0;

  function changeHolders(line: Buffer, change: 1 | -1): void {
    const before = holders.get(line) ?? 0;
    const after = before + change;
    if (after === 0) holders.delete(line);
    else holders.set(line, after);
    if (before === 0) waiting += line.length;
    if (after === 0) waiting -= line.length;
  }

  function changeOpen(username: string, change: 1 | -1): void {
    const open = (openOf.get(username) ?? 0) + change;
    if (open === 0) openOf.delete(username);
    else openOf.set(username, open);
  }

  /**
   * By bytes alone, who reads would go before who does not whenever something large has just been told; with the time
   * that it has waited, who reads is spared.
   */
  function cutOffSlowest(): void {
    const at = now();
    const slowestFirst = [...accounts].toSorted((a, b) => b.slowness(at) - a.slowness(at));
    for (const slowest of slowestFirst) {
      if (waiting <= waitingTotal) return;
      slowest.close();
      slowest.cutOff();
    }
  }

  return {
    open(username, cutOff) {
      if (accounts.size >= total || (openOf.get(username) ?? 0) >= perUser) throw tooManyRequests(1);
      /** Since when, oldest first. */
      const held = new Map<Buffer, number>();
      let own = 0;
      const account: OpenAccount = {
        cutOff,
        hold(line) {
          if (!accounts.has(account) || held.has(line)) return;
          held.set(line, now());
          own += line.length;
          changeHolders(line, 1);
          if (waiting > waitingTotal) cutOffSlowest();
        },
        release(line) {
          if (!held.delete(line)) return;
          own -= line.length;
          changeHolders(line, -1);
        },
        slowness(at) {
          const [oldest = at] = held.values();
          return own * (at - oldest);
        },
        waiting: () => own,
        isOverfull: () => own > waitingEach,
        close() {
          if (!accounts.delete(account)) return;
          changeOpen(username, -1);
          for (const line of held.keys()) account.release(line);
        },
      };
      accounts.add(account);
      changeOpen(username, 1);
      return account;
    },
    count: () => accounts.size,
    waiting: () => waiting,
  };
}
