import { addressNetwork } from './address-network.ts';

/** How much one host may do in a while: a number at once, and one more every so often. Kept in memory. */
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

/** Hosts remembered. Who has more networks than this to come from is not stopped by counting addresses. */
const longestMemory = 50_000;

export function createAddressBudget({ size, every, now }: AddressBudgetDeps): AddressBudget {
  /** When each host's budget will be full again; those that took last come last. */
  const fullAt = new Map<string, number>();

  function remember(network: string, time: number): void {
    fullAt.delete(network);
    if (time > now()) fullAt.set(network, time);
    const [oldest] = fullAt.keys();
    if (fullAt.size > longestMemory && oldest !== undefined) fullAt.delete(oldest);
  }

  return {
    take(address) {
      const network = addressNetwork(address);
      const time = Math.max(now(), fullAt.get(network) ?? 0) + every;
      const wait = time - now() - size * every;
      if (wait > 0) return wait;
      remember(network, time);
      return 0;
    },
    refund(address) {
      const network = addressNetwork(address);
      remember(network, (fullAt.get(network) ?? 0) - every);
    },
  };
}
