import type { JWK } from 'jose';

/**
 * The life of keys, pure: `published` (verifiers can have it, nothing is signed with it) → `signing` → `retired` (verifies
 * until the last of what it signed has ended) → gone. The same for signing keys and for the secrets behind cookies and
 * forms. Does not make keys, read a clock or know a store.
 */
export interface RingKey {
  readonly kid: string;
  readonly alg: string;
  /** With its private members until it is retired. */
  readonly jwk: JWK;
  readonly state: 'published' | 'signing' | 'retired';
  /** When it came into this state; milliseconds since the epoch, like every time here. */
  readonly since: number;
  /** Of a signing or retired key: the longest lifetime of anything it may have signed. */
  readonly longest: number;
  /** Of a retired key: when it goes. */
  readonly until?: number;
}

export interface KeyRing {
  /** The one that signs first, then the published one, then the retired ones. */
  readonly keys: readonly RingKey[];
  /** The last request to replace all keys that was carried out. */
  readonly replacedFor?: string;
}

/** Milliseconds, all of them. */
export interface KeyPolicy {
  readonly alg: string;
  /** How long a key signs. Not shorter than `publishedFor` in effect: its successor needs that time. */
  readonly signsFor: number;
  /** How long a key is published at least before it signs. */
  readonly publishedFor: number;
  /** The longest lifetime of anything that is signed today. */
  readonly longest: number;
  /** What clocks, and replicas that follow the store, may be late. */
  readonly skew: number;
  /** What of a key is enough to verify with: what is left of it when it signs no more. */
  verifying(jwk: JWK): JWK;
}

export type NewKey = Pick<RingKey, 'kid' | 'alg' | 'jwk'>;

export const emptyRing: KeyRing = { keys: [] };

/** The key that signs; a ring that was advanced once has one. */
export function signingKeyOf(ring: KeyRing): RingKey | undefined {
  return ring.keys.find(({ state }) => state === 'signing');
}

function publishedKeyOf(ring: KeyRing): RingKey | undefined {
  return ring.keys.find(({ state }) => state === 'published');
}

/** When the signing key gives way; undefined before there is one. A successor may have to be published first. */
export function nextRotation(ring: KeyRing, policy: KeyPolicy): number | undefined {
  const signing = signingKeyOf(ring);
  if (signing === undefined) return undefined;
  const due = signing.alg === policy.alg ? signing.since + policy.signsFor : signing.since;
  const published = publishedKeyOf(ring);
  return Math.max(due, (published?.since ?? signing.since) + policy.publishedFor);
}

/** Whether `advance` needs a new key now. */
export function wantsKey(ring: KeyRing, now: number, policy: KeyPolicy): boolean {
  const next = settle(ring, now, policy);
  const signing = signingKeyOf(next);
  if (signing === undefined) return true;
  if (publishedKeyOf(next) !== undefined) return false;
  return signing.alg !== policy.alg || signing.since + policy.signsFor - policy.publishedFor <= now;
}

/**
 * What has become of the ring by now; the same object when nothing has.
 * @param fresh published when a key is wanted; the very first one signs at once, because nobody has cached anything yet
 */
export function advance(ring: KeyRing, now: number, policy: KeyPolicy, fresh?: NewKey): KeyRing {
  const next = settle(ring, now, policy);
  if (fresh === undefined || !wantsKey(next, now, policy)) return next;
  const state = signingKeyOf(next) === undefined ? 'signing' : 'published';
  return { ...next, keys: sorted([...next.keys, begin(fresh, state, now, policy)]) };
}

/**
 * The emergency: `fresh` signs at once, though nobody has seen it.
 * @param revoke the keys there were verify nothing any more
 */
export function replaceAll(
  ring: KeyRing,
  now: number,
  policy: KeyPolicy,
  fresh: NewKey,
  { revoke, replacedFor }: { readonly revoke: boolean; readonly replacedFor: string },
): KeyRing {
  const signed = ring.keys.filter(({ state }) => state !== 'published');
  const kept = revoke ? [] : signed.map((key) => (key.state === 'signing' ? retire(key, now, policy) : key));
  return { keys: [begin(fresh, 'signing', now, policy), ...kept], replacedFor };
}

function begin(fresh: NewKey, state: 'published' | 'signing', now: number, { longest }: KeyPolicy): RingKey {
  const { kid, alg, jwk } = fresh;
  return { kid, alg, jwk, state, since: now, longest };
}

function retire(key: RingKey, now: number, { longest, skew, verifying }: KeyPolicy): RingKey {
  const most = Math.max(key.longest, longest);
  const jwk = verifying(key.jwk);
  return { ...key, jwk, state: 'retired', since: now, longest: most, until: now + most + skew };
}

/** Everything that comes with time alone. */
function settle(ring: KeyRing, now: number, policy: KeyPolicy): KeyRing {
  const signing = signingKeyOf(ring);
  const due = signing === undefined || signing.alg !== policy.alg || signing.since + policy.signsFor <= now;
  const keys = ring.keys.flatMap((key): RingKey[] => {
    // A key published for an algorithm that is not wanted any more has signed nothing.
    if (key.state === 'published' && key.alg !== policy.alg) return [];
    if (key.state === 'retired' && (key.until ?? 0) <= now) return [];
    return [key];
  });
  const successor = keys.find(
    ({ state, since }) => state === 'published' && since + policy.publishedFor <= now,
  );
  const settled = keys.map((key): RingKey => {
    const rotates = due && successor !== undefined;
    if (rotates && key === successor)
      return { ...key, state: 'signing', since: now, longest: policy.longest };
    if (key.state !== 'signing') return key;
    if (rotates) return retire(key, now, policy);
    return key.longest < policy.longest ? { ...key, longest: policy.longest } : key;
  });
  const same = settled.length === ring.keys.length && settled.every((key, n) => key === ring.keys[n]);
  return same ? ring : { ...ring, keys: sorted(settled) };
}

const order = { signing: 0, published: 1, retired: 2 };

function sorted(keys: readonly RingKey[]): readonly RingKey[] {
  return keys.toSorted((a, b) => order[a.state] - order[b.state] || b.since - a.since);
}
