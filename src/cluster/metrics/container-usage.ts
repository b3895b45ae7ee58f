import { containerResources } from '../schema/index.ts';
import { bytes, nanocores, type Usage } from './usage.ts';
import type { Wish } from './usage-wish.ts';

type Json = Record<string, unknown>;

const MIB = 1024 * 1024;

/**
 * What a container uses: between 30 and 70 percent of what it asks for, or of its limit, or as much as an idle program. It
 * follows from the pod's uid and the container's name, so it is the same at every look. Never more than its limit.
 */
export function containerUsage(container: Json, uid: string, wish: Wish): Usage {
  const requests = containerResources(container, 'requests');
  const limits = containerResources(container, 'limits');
  const share = (resource: string) => 0.3 + 0.4 * fraction(`${uid}/${String(container['name'])}/${resource}`);
  const used = (resource: 'cpu' | 'memory', numberOf: (quantity: string) => number, idle: number) => {
    const asked = requests[resource] ?? limits[resource];
    const base = asked === undefined ? idle : numberOf(asked);
    const wanted = wish[resource];
    const amount =
      wanted === undefined
        ? base * share(resource)
        : wanted.type === 'share'
          ? base * wanted.share
          : numberOf(wanted.quantity) / (wanted.divisor ?? 1);
    const limit = limits[resource];
    return Math.round(limit === undefined ? amount : Math.min(amount, numberOf(limit)));
  };
  return { cpu: used('cpu', nanocores, 10e6), memory: used('memory', bytes, 64 * MIB) };
}

/** A number from 0 up to 1 that a text always gives. FNV-1a, 32 bits, and the finish of MurmurHash3. */
function fraction(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
