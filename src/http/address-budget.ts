import { addressNetwork, addressSite } from './address-network.ts';

/**
 * How much one host may do in a while: a number at once, and one more every so often. The hosts of one IPv6 site (/48) may
 * do as much as so many hosts together, or whoever has one could be 65 536 of them. Kept in memory.
 */
export interface AddressBudget {
  /**
   * Takes one.
   * @returns milliseconds until there is one again; 0 when one has been taken
   */
  take(address: string): number;
  /** Gives back one that was taken. */
  refund(address: string): void;
}

export interface AddressBudgetDeps {
  /** What a host that has been quiet may take at once. */
  readonly size: number;
  /** One more after so many milliseconds. */
  readonly every: number;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** As many hosts' worth has a whole site. */
export const HOSTS_PER_SITE = 10;

/** Hosts and sites remembered. Who has more networks than this to come from is not stopped by counting addresses. */
const longestMemory = 50_000;

export function createAddressBudget({ size, every, now }: AddressBudgetDeps): AddressBudget {
  /** When each budget will be full again; those that were taken from last come last. */
  const fullAt = new Map<string, number>();

  function remember(network: string, time: number): void {
    fullAt.delete(network);
    if (time > now()) fullAt.set(network, time);
    const [oldest] = fullAt.keys();
    if (fullAt.size > longestMemory && oldest !== undefined) fullAt.delete(oldest);
  }

  /** What an address takes from, and after how many milliseconds there is one more. */
  function budgetsOf(address: string): readonly (readonly [string, number])[] {
    const site = addressSite(address);
    const own = [addressNetwork(address), every] as const;
    return site === undefined ? [own] : [own, [site, every / HOSTS_PER_SITE]];
  }

  return {
    take(address) {
      const taken = budgetsOf(address).map(
        ([network, each]) => [network, Math.max(now(), fullAt.get(network) ?? 0) + each] as const,
      );
      const wait = Math.max(...taken.map(([, time]) => time)) - now() - size * every;
      if (wait > 0) return wait;
      for (const [network, time] of taken) remember(network, time);
      return 0;
    },
    refund(address) {
      for (const [network, each] of budgetsOf(address)) remember(network, (fullAt.get(network) ?? 0) - each);
    },
  };
}
