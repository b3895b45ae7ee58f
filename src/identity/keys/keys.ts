import type { JWK } from 'jose';
import { followPrefix, type LeaderElection, type Sealer, type Store } from '../../store/index.ts';
import type { Log } from '../identity-deps.ts';
import { type KeyPolicy, type RingKey, signingKeyOf } from './key-ring.ts';
import type { KeyInfo, KeyService } from './key-service.ts';
import { lookEvery, publishedFor, secretsRotationPeriod, skew } from './key-times.ts';
import { makeSecret, makeSigningKey, publicHalf, type SigningAlgorithm } from './make-key.ts';
import { createRotatingRing, type RotatingRing, type RotatingRingDeps } from './rotating-ring.ts';
import { createRotationRequests } from './rotation-requests.ts';

export type Secrets = readonly [string, ...string[]];

export interface Keys extends KeyService {
  /** The private key that signs. */
  signing(): JWK;
  /** What verifiers get; another object whenever the keys have changed, the same one while they have not. */
  keySet(): { readonly keys: readonly JWK[] };
  /** Secrets for signing cookies; the first one signs, all verify. */
  cookies(): Secrets;
  /** Secrets behind the form tokens; likewise. */
  forms(): Secrets;
  /** Secret that refresh tokens' successors are derived with. */
  refresh(): string;
  /** Secret that addresses are hashed with; always the same. */
  addresses(): string;
  /** Calls back after every change of any of them. */
  onChange(listener: () => void): void;
  close(): Promise<void>;
}

export interface KeysDeps {
  readonly store: Store;
  readonly sealer: Sealer;
  /** Who rotates. The others follow the store. */
  readonly leader: Pick<LeaderElection, 'isLeader'>;
  readonly algorithm: SigningAlgorithm;
  /** How long a key signs, in milliseconds. */
  readonly rotationPeriod: number;
  /** The longest lifetimes of anything signed, in milliseconds. */
  readonly longest: { readonly tokens: number; readonly cookies: number };
  /** Milliseconds since the epoch. */
  now(): number;
  readonly log: Log;
  /** Ends every session and grant: the keys were revoked. Done again when it failed half-way. */
  endAll(): Promise<void>;
}

const prefix = 'identity/keys/';
const requestPrefix = `${prefix}rotation/`;

/**
 * The door's keys: made at the first start, the same ones in every process on the store, rotated by the leader. Everybody
 * else follows the store, so that all sign with the same key.
 * @throws SealedValueError when the keys there were cannot be opened: never a silent new key
 */
export async function openKeys(deps: KeysDeps): Promise<Keys> {
  const { store, leader, log, now } = deps;
  const listeners: (() => void)[] = [];
  const requests = createRotationRequests(store, requestPrefix);
  const rings = createRings(deps, () => {
    keySet = undefined;
    const { kid, alg } = signingKeyOf(rings.signing.current()) ?? {};
    if (signer !== undefined && kid !== signer)
      log.info({ event: 'key_rotated', kid, alg }, 'another key signs');
    signer = kid;
    for (const listener of listeners) listener();
  });
  let keySet: { readonly keys: readonly JWK[] } | undefined;
  let signer: string | undefined;
  let looking: Promise<void> = Promise.resolve();

  async function carryOut(): Promise<void> {
    for (const request of await requests.pending()) {
      await rings.signing.replace(request);
      if (request.revoke) {
        for (const ring of [rings.cookies, rings.forms, rings.refresh]) await ring.replace(request);
        await deps.endAll();
      }
      await requests.done(request);
      log.warn({ event: 'keys_replaced', revoked: request.revoke }, 'all keys were replaced on request');
    }
  }

  /** One look at a time: a look that is asked for during another one comes after it. */
  function look(): Promise<void> {
    const next = looking.then(async () => {
      if (!leader.isLeader()) return;
      await carryOut();
      for (const ring of Object.values(rings)) await ring.advance();
    });
    looking = next.catch((err: unknown) => log.error({ err }, 'rotating keys failed; it is tried again'));
    return next;
  }

  if (deps.rotationPeriod < publishedFor) {
    log.warn(
      { ms: publishedFor },
      'keys rotate less often than configured: each is published for so long before',
    );
  }
  for (const ring of Object.values(rings)) await ring.begin();
  const watcher = await followPrefix(
    { store, onError: (err) => log.error({ err }, 'following keys was interrupted') },
    prefix,
    {
      put(entry) {
        if (entry.key.startsWith(requestPrefix)) void look().catch(() => undefined);
        else ringAt(rings, entry.key)?.follow(entry);
      },
      remove: ({ key }) => requests.removed(key),
    },
  );
  // What was due, or asked for, while nobody was there.
  void look().catch(() => undefined);
  const timer = setInterval(() => void look().catch(() => undefined), lookEvery).unref();

  return {
    signing: () => signs(rings.signing).jwk,
    keySet: () => {
      keySet ??= { keys: rings.signing.current().keys.map(({ jwk }) => publicHalf(jwk)) };
      return keySet;
    },
    cookies: () => secretsOf(rings.cookies),
    forms: () => secretsOf(rings.forms),
    refresh: () => secretOf(signs(rings.refresh)),
    addresses: () => secretOf(signs(rings.addresses)),
    onChange: (listener) => void listeners.push(listener),
    list: () => rings.signing.current().keys.map((key) => toInfo(key, rings.signing)),
    async rotate({ revoke = false } = {}) {
      await requests.ask(revoke);
      return signs(rings.signing).kid;
    },
    look,
    signingAge: () => now() - signs(rings.signing).since,
    nextRotation: () => rings.signing.nextRotation() ?? now(),
    async close() {
      clearInterval(timer);
      watcher.close();
      await looking;
    },
  };
}

interface Rings extends Readonly<Record<string, RotatingRing>> {
  readonly signing: RotatingRing;
  readonly cookies: RotatingRing;
  readonly forms: RotatingRing;
  readonly refresh: RotatingRing;
  readonly addresses: RotatingRing;
}

function createRings(deps: KeysDeps, onChange: () => void): Rings {
  const { algorithm, rotationPeriod, longest } = deps;
  const shared = { ...deps, onChange };
  const tokens: KeyPolicy = {
    alg: algorithm,
    signsFor: rotationPeriod,
    publishedFor,
    longest: longest.tokens,
    skew,
    verifying: publicHalf,
  };
  const secrets: KeyPolicy = {
    alg: 'HS256',
    signsFor: secretsRotationPeriod,
    publishedFor: skew,
    longest: longest.cookies,
    skew,
    verifying: (jwk) => jwk,
  };
  const forGood = { ...secrets, signsFor: Number.POSITIVE_INFINITY };
  const ring = (name: string, policy: KeyPolicy, make: RotatingRingDeps['make']) =>
    createRotatingRing({ ...shared, place: prefix + name, policy, make });
  return {
    signing: ring('signing', tokens, () => makeSigningKey(algorithm)),
    cookies: ring('cookies', secrets, makeSecret),
    forms: ring('forms', secrets, makeSecret),
    // Another secret would give a retry another successor; it changes only when every grant ends anyway.
    refresh: ring('refresh', forGood, makeSecret),
    addresses: ring('addresses', forGood, makeSecret),
  };
}

function ringAt(rings: Rings, key: string): RotatingRing | undefined {
  return rings[key.slice(prefix.length)];
}

function signs(ring: RotatingRing): RingKey {
  const key = signingKeyOf(ring.current());
  if (key === undefined) throw new Error('there is no key that signs');
  return key;
}

function secretsOf(ring: RotatingRing): Secrets {
  const others = ring.current().keys.filter(({ state }) => state !== 'signing');
  return [secretOf(signs(ring)), ...others.map(secretOf)];
}

/** An empty secret would be everybody's. */
function secretOf({ kid, jwk: { k } }: RingKey): string {
  if (k === undefined || k === '') throw new Error(`the key ${kid} is no secret`);
  return k;
}

function toInfo({ kid, alg, state, since, until }: RingKey, ring: RotatingRing): KeyInfo {
  return { kid, alg, state, since, until: state === 'retired' ? until : ring.nextRotation() };
}
