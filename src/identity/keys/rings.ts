import type { Sealer, Store } from '../../store/index.ts';
import { type KeyPolicy, type RingKey, signingKeyOf } from './key-ring.ts';
import { publishedFor, secretsRotationPeriod, skew } from './key-times.ts';
import { makeSecret, makeSigningKey, publicHalf, type SigningAlgorithm } from './make-key.ts';
import { createRotatingRing, type RotatingRing, type RotatingRingDeps } from './rotating-ring.ts';

export interface RingsDeps {
  readonly store: Store;
  readonly sealer: Sealer;
  readonly algorithm: SigningAlgorithm;
  /** How long a key signs, in milliseconds. */
  readonly rotationPeriod: number;
  /** The longest lifetimes of anything that is signed today, in milliseconds; not always the same. */
  longest(): { readonly tokens: number; readonly cookies: number };
  /** Milliseconds since the epoch. */
  now(): number;
  /** Told after every change of any of them. */
  onChange(): void;
}

/** Each under its own name in the store. */
export interface Rings extends Readonly<Record<string, RotatingRing>> {
  readonly signing: RotatingRing;
  readonly cookies: RotatingRing;
  readonly forms: RotatingRing;
  readonly refresh: RotatingRing;
  readonly addresses: RotatingRing;
}

/** One secret at least: the first one signs, all verify. */
export type Secrets = readonly [string, ...string[]];

/** The rings of this door, and the policy of each. */
export function createRings(deps: RingsDeps, prefix: string): Rings {
  const { algorithm, rotationPeriod, longest } = deps;
  const tokens = (): KeyPolicy => ({
    alg: algorithm,
    signsFor: rotationPeriod,
    publishedFor,
    longest: longest().tokens,
    skew,
    verifying: publicHalf,
  });
  const secrets = (): KeyPolicy => ({
    alg: 'HS256',
    signsFor: secretsRotationPeriod,
    publishedFor: skew,
    longest: longest().cookies,
    skew,
    verifying: (jwk) => jwk,
  });
  const forGood = (): KeyPolicy => ({ ...secrets(), signsFor: Number.POSITIVE_INFINITY });
  const ring = (name: string, policy: () => KeyPolicy, make: RotatingRingDeps['make']) =>
    createRotatingRing({ ...deps, place: prefix + name, policy, make });
  return {
    signing: ring('signing', tokens, () => makeSigningKey(algorithm)),
    cookies: ring('cookies', secrets, makeSecret),
    forms: ring('forms', secrets, makeSecret),
    // Another secret would give a retry another successor; it changes only when every grant ends anyway.
    refresh: ring('refresh', forGood, makeSecret),
    addresses: ring('addresses', forGood, makeSecret),
  };
}

/** The key that signs now. */
export function signerOf(ring: RotatingRing): RingKey {
  const key = signingKeyOf(ring.current());
  if (key === undefined) throw new Error('there is no key that signs');
  return key;
}

export function secretsOf(ring: RotatingRing): Secrets {
  const others = ring.current().keys.filter(({ state }) => state !== 'signing');
  return [secretOf(signerOf(ring)), ...others.map(secretOf)];
}

/** An empty secret would be everybody's. */
function secretOf({ kid, jwk: { k } }: RingKey): string {
  if (k === undefined || k === '') throw new Error(`the key ${kid} is no secret`);
  return k;
}
