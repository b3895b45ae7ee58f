import { addressNetwork } from '../../http/index.ts';

/** How many connections each address has open. An IPv6 address counts by its /64. */
export interface ConnectionQuota {
  /** @returns false when the address has as many as it may */
  enter(address: string): boolean;
  leave(address: string): void;
}

export function createConnectionQuota(perAddress: number): ConnectionQuota {
  const connections = new Map<string, number>();
  return {
    enter(address) {
      const network = addressNetwork(address);
      const has = connections.get(network) ?? 0;
      if (has >= perAddress) return false;
      connections.set(network, has + 1);
      return true;
    },
    leave(address) {
      const network = addressNetwork(address);
      const has = connections.get(network) ?? 0;
      if (has > 1) connections.set(network, has - 1);
      else connections.delete(network);
    },
  };
}
