import { createHmac } from 'node:crypto';
import { addressNetwork } from '../../../http/index.ts';
import type { Expiring } from '../../../store/index.ts';

/** How many attempts one host may fail in a while, at whatever accounts: some at once, and one more every so often. */
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

/**
 * The count is in the store, for all replicas and over restarts. There are 65 536 buckets and never a record more,
 * however many networks an attacker comes from; a host shares the bucket of an attacker's network by bad luck alone, and
 * even then its known users sign in.
 */
export function createAddressLimit({ records, secret, now }: AddressLimitDeps): AddressLimit {
  function bucketOf(address: string): string {
    const digest = createHmac('sha256', secret)
      .update(`address-limit\0${addressNetwork(address)}`)
      .digest();
    return digest.subarray(0, 2).toString('hex');
  }

  return {
    async take(address) {
      const bucket = bucketOf(address);
      for (;;) {
        const record = await records.get(bucket);
        const fullAt = Math.max(now(), record?.value ?? 0) + every;
        const wait = fullAt - now() - size * every;
        if (wait > 0) return wait;
        if ((await records.put(bucket, fullAt, fullAt, { ifRevision: record?.revision ?? 0 })) !== undefined)
          return 0;
      }
    },
    async refund(address) {
      const bucket = bucketOf(address);
      for (;;) {
        const record = await records.get(bucket);
        if (record === undefined) return;
        const fullAt = record.value - every;
        const done =
          fullAt <= now()
            ? await records.delete(bucket, { ifRevision: record.revision })
            : (await records.put(bucket, fullAt, fullAt, { ifRevision: record.revision })) !== undefined;
        if (done) return;
      }
    },
  };
}
