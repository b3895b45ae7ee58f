import type { KeyRing, RingKey } from '../../../src/identity/keys/key-ring.ts';
import type { Store } from '../../../src/store/index.ts';

/** Where doors keep the keys that they sign with. */
const place = 'identity/keys/signing';

/** An RSA key takes long to find: what the first door of a worker has made for itself is what the next ones are given. */
let kept: RingKey | undefined;

/** Lays the key into a store that has none. */
export async function giveSigningKey(store: Store, now: () => number): Promise<void> {
  if (kept === undefined) return;
  const ring: KeyRing = { keys: [{ ...kept, since: now() }] };
  await store.txn(
    [{ key: place, modRevision: 0 }],
    [{ type: 'put', key: place, value: JSON.stringify(ring) }],
  );
}

/** Remembers what a door signs with. */
export async function keepSigningKey(store: Store): Promise<void> {
  if (kept !== undefined) return;
  const entry = await store.get(place);
  const ring: KeyRing | undefined = entry && JSON.parse(entry.value);
  kept = ring?.keys.find(({ state }) => state === 'signing');
}
