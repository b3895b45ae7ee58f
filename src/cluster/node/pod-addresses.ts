/** Addresses of the node's pods. */
export interface PodAddresses {
  /** The pod's own when it has one, else a free one; undefined when all are taken. */
  assign(uid: string, own: string): string | undefined;
  release(uid: string): void;
}

/** @param count how many there are, at most 65 000 */
export function createPodAddresses(count: number): PodAddresses {
  const byPod = new Map<string, string>();
  const taken = new Set<string>();
  let next = 0;

  function free(): string | undefined {
    for (let tried = 0; tried < count; tried++) {
      const address = addressOf(next % count);
      next += 1;
      if (!taken.has(address)) return address;
    }
    return undefined;
  }

  return {
    assign(uid, own) {
      const known = byPod.get(uid);
      if (known !== undefined) return known;
      const address = own !== '' && !taken.has(own) ? own : free();
      if (address === undefined) return undefined;
      byPod.set(uid, address);
      taken.add(address);
      return address;
    },
    release(uid) {
      const address = byPod.get(uid);
      if (address === undefined) return;
      byPod.delete(uid);
      taken.delete(address);
    },
  };
}

/** From 10.244.0.2 on: the first is the network's, the second its gateway's. */
function addressOf(index: number): string {
  const number = index + 2;
  return `10.244.${number >> 8}.${number & 0xff}`;
}
