import type { Entry, Sealer, Store } from '../../store/index.ts';
import { adoptFirstRelease } from './adopt.ts';
import {
  advance,
  type KeyPolicy,
  type KeyRing,
  type NewKey,
  nextRotation,
  replaceAll,
  signingKeyOf,
  wantsKey,
} from './key-ring.ts';
import { createRingRecord } from './ring-record.ts';
import type { RotationRequest } from './rotation-requests.ts';

export interface RotatingRing {
  /** As this process knows it. */
  current(): KeyRing;
  /** When the key that signs gives way to the next one, in milliseconds since the epoch. */
  nextRotation(): number | undefined;
  /** Makes the first key when there is none. Any process may: of several at once, one does. */
  begin(): Promise<void>;
  /** Does what is due. */
  advance(): Promise<void>;
  /** Replaces all keys, once for each request. */
  replace(request: RotationRequest): Promise<void>;
  follow(entry: Entry): void;
}

export interface RotatingRingDeps {
  readonly store: Store;
  readonly sealer: Sealer;
  readonly place: string;
  policy(): KeyPolicy;
  now(): number;
  make(): Promise<NewKey>;
  onChange(): void;
}

/** A ring in the store, with its policy and new keys when they are wanted. */
export function createRotatingRing(deps: RotatingRingDeps): RotatingRing {
  const { policy, now, make } = deps;
  const record = createRingRecord({ ...deps, adopt: (kept) => adoptFirstRelease(kept, now(), policy()) });

  async function advanced(ring: KeyRing): Promise<KeyRing> {
    const [time, rules] = [now(), policy()];
    return advance(ring, time, rules, wantsKey(ring, time, rules) ? await make() : undefined);
  }

  return {
    current: record.current,
    nextRotation: () => nextRotation(record.current(), policy()),
    async begin() {
      await record.update(async (ring) => (signingKeyOf(ring) === undefined ? advanced(ring) : ring));
    },
    async advance() {
      await record.update(advanced);
    },
    async replace({ id, revoke }) {
      await record.update(async (ring) =>
        ring.replacedFor === id
          ? ring
          : replaceAll(ring, now(), policy(), await make(), { revoke, replacedFor: id }),
      );
    },
    follow: record.follow,
  };
}
