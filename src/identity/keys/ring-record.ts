import type { Entry, Sealer, Store } from '../../store/index.ts';
import { emptyRing, type KeyRing } from './key-ring.ts';

export interface RingRecord {
  /** As this process knows it: what it has read, written, or been told by `follow`. */
  current(): KeyRing;
  /**
   * Replaces the ring by compare-and-set, as often as somebody else was faster.
   * @param change what becomes of the ring; the same object: nothing
   * @throws SealedValueError
   */
  update(change: (ring: KeyRing) => Promise<KeyRing>): Promise<KeyRing>;
  /** Takes what a watch tells. */
  follow(entry: Entry): void;
}

export interface RingRecordDeps {
  readonly store: Store;
  readonly sealer: Sealer;
  /** The one key that the ring lies under. */
  readonly place: string;
  /** What earlier releases kept there, as a ring. */
  readonly adopt: (value: unknown) => KeyRing;
  onChange(): void;
}

/** A ring in the store, sealed: one record, so that no replica ever sees half a rotation. */
export function createRingRecord({ store, sealer, place, adopt, onChange }: RingRecordDeps): RingRecord {
  let known: { readonly revision: number; readonly ring: KeyRing } = { revision: 0, ring: emptyRing };

  function take(revision: number, ring: KeyRing): void {
    // What a watch tells may be older than what this process has written meanwhile.
    if (revision <= known.revision) return;
    known = { revision, ring };
    onChange();
  }

  function parse({ value }: Entry): { ring: KeyRing; sealed: boolean } {
    const { text, current } = sealer.open(place, value);
    const kept: unknown = JSON.parse(text);
    return isRing(kept) ? { ring: kept, sealed: current } : { ring: adopt(kept), sealed: false };
  }

  return {
    current: () => known.ring,
    async update(change) {
      for (;;) {
        const entry = await store.get(place);
        if (entry === undefined && known.revision > 0) throw new Error(`${place} is gone from the store`);
        const before = entry === undefined ? { ring: emptyRing, sealed: false } : parse(entry);
        const ring = await change(before.ring);
        if (entry !== undefined && ring === before.ring && before.sealed) {
          take(entry.modRevision, ring);
          return ring;
        }
        const value = sealer.seal(place, JSON.stringify(ring));
        const condition = { key: place, modRevision: entry?.modRevision ?? 0 };
        const { committed, revision } = await store.txn([condition], [{ type: 'put', key: place, value }]);
        if (!committed) continue;
        take(revision, ring);
        return ring;
      }
    },
    follow: (entry) => take(entry.modRevision, parse(entry).ring),
  };
}

function isRing(value: unknown): value is KeyRing {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && 'keys' in value;
}
