import { createHmac } from 'node:crypto';
import { addressNetwork, addressSite, HOSTS_PER_SITE } from '../../../http/index.ts';
import type { Expiring } from '../../../store/index.ts';

/**
 * How often one host may try in a while: some times at once, and once more every so often; and all hosts of one IPv6 site
 * (/48), together: ten hosts' worth.
 */
export interface AddressLimit {
  /**
   * Takes one.
   * @returns milliseconds until there is one again; 0 when one has been taken
   */
  take(address: string): Promise<number>;
  /** Gives back one that was taken. */
  refund(address: string): Promise<void>;
}

export interface AddressLimitDeps {
  /** When each bucket will be full again, in milliseconds since the epoch. */
  readonly records: Expiring<number>;
  /** Nobody who does not know it can choose two addresses that share a bucket. */
  readonly secret: string;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** 20, and one more every 15 seconds, which is 20 in 5 minutes. */
const size = 20;
const every = 15_000;

/** Milliseconds after which a bucket has one more, and the name of its record. */
interface Bucket {
  readonly key: string;
  readonly every: number;
}

/**
 * The count is in the store, for all replicas and over restarts. There are 65 536 buckets of hosts, as many of sites, and
 * never a record more, however many networks an attacker comes from; a host shares the bucket of an attacker's network by
 * bad luck alone, and even then its known users sign in.
 */
export function createAddressLimit({ records, secret, now }: AddressLimitDeps): AddressLimit {
  function bucketOf(network: string, prefix: string, each: number): Bucket {
    const digest = createHmac('sha256', secret).update(`address-limit\0${network}`).digest();
    return { key: prefix + digest.subarray(0, 2).toString('hex'), every: each };
  }

  function bucketsOf(address: string): readonly Bucket[] {
    const site = addressSite(address);
    const own = bucketOf(addressNetwork(address), '', every);
    return site === undefined ? [own] : [own, bucketOf(site, 'site-', every / HOSTS_PER_SITE)];
  }

  async function takeOne({ key, every: each }: Bucket): Promise<number> {
    for (;;) {
      const record = await records.get(key);
      const fullAt = Math.max(now(), record?.value ?? 0) + each;
      const wait = fullAt - now() - size * every;
      if (wait > 0) return wait;
      if ((await records.put(key, fullAt, fullAt, { ifRevision: record?.revision ?? 0 })) !== undefined)
        return 0;
    }
  }

  async function giveBack({ key, every: each }: Bucket): Promise<void> {
    for (;;) {
      const record = await records.get(key);
      if (record === undefined) return;
      const fullAt = record.value - each;
      const done =
        fullAt <= now()
          ? await records.delete(key, { ifRevision: record.revision })
          : (await records.put(key, fullAt, fullAt, { ifRevision: record.revision })) !== undefined;
      if (done) return;
    }
  }

  return {
    async take(address) {
      const taken: Bucket[] = [];
      for (const bucket of bucketsOf(address)) {
        const wait = await takeOne(bucket);
        if (wait > 0) {
          for (const before of taken) await giveBack(before);
          return wait;
        }
        taken.push(bucket);
      }
      return 0;
    },
    async refund(address) {
      for (const bucket of bucketsOf(address)) await giveBack(bucket);
    },
  };
}
