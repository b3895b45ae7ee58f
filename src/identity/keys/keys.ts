import type { JWK } from 'jose';
import { followPrefix, type LeaderElection } from '../../store/index.ts';
import type { IdentityAudit } from '../audit/index.ts';
import type { Log } from '../identity-deps.ts';
import { type RingKey, signingKeyOf } from './key-ring.ts';
import type { KeyInfo, KeyService } from './key-service.ts';
import { lookEvery, publishedFor } from './key-times.ts';
import { publicHalf } from './make-key.ts';
import { createRings, type RingsDeps, type Secrets, secretsOf, signerOf } from './rings.ts';
import type { RotatingRing } from './rotating-ring.ts';
import { createRotation } from './rotation.ts';
import { createRotationRequests } from './rotation-requests.ts';

export interface Keys extends KeyService {
  /** The private key that signs. */
  signing(): JWK;
  /** What verifiers get; another object whenever the keys have changed, the same one while they have not. */
  keySet(): { readonly keys: readonly JWK[] };
  /** Secrets for signing cookies. */
  cookies(): Secrets;
  /** Secrets behind the form tokens. */
  forms(): Secrets;
  /** Secret that refresh tokens' successors are derived with. */
  refresh(): string;
  /** Secret that addresses are hashed with; always the same. */
  addresses(): string;
  /** Calls back after every change of any of them. */
  onChange(listener: () => void): void;
  close(): Promise<void>;
}

export interface KeysDeps extends Omit<RingsDeps, 'onChange'> {
  /** Who rotates. The others follow the store. */
  readonly leader: Pick<LeaderElection, 'isLeader'>;
  readonly log: Log;
  readonly audit: IdentityAudit;
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
  const { store, log, now } = deps;
  const listeners: (() => void)[] = [];
  let keySet: { readonly keys: readonly JWK[] } | undefined;
  let signer: string | undefined;

  function onChange(): void {
    keySet = undefined;
    const { kid, alg } = signingKeyOf(rings.signing.current()) ?? {};
    if (signer !== undefined && kid !== signer) {
      log.info({ event: 'key_rotated', kid, alg }, 'another key signs');
    }
    signer = kid;
    for (const listener of listeners) listener();
  }

  const rings = createRings({ ...deps, onChange }, prefix);
  const requests = createRotationRequests(store, requestPrefix);
  const rotation = createRotation({ ...deps, rings, requests });
  // A look that fails has said so in the log.
  const look = () => void rotation.look().catch(() => undefined);

  warnOfShortPeriod(deps);
  for (const ring of Object.values(rings)) await ring.begin();
  const watcher = await followPrefix(
    { store, onError: (err) => log.error({ err }, 'following keys was interrupted') },
    prefix,
    {
      put(entry) {
        if (entry.key.startsWith(requestPrefix)) look();
        else rings[entry.key.slice(prefix.length)]?.follow(entry);
      },
      remove: ({ key }) => requests.removed(key),
    },
  );
  // What was due, or asked for, while nobody was there.
  look();
  const timer = setInterval(look, lookEvery).unref();

  return {
    signing: () => signerOf(rings.signing).jwk,
    keySet: () => {
      keySet ??= { keys: rings.signing.current().keys.map(({ jwk }) => publicHalf(jwk)) };
      return keySet;
    },
    cookies: () => secretsOf(rings.cookies),
    forms: () => secretsOf(rings.forms),
    refresh: () => secretsOf(rings.refresh)[0],
    addresses: () => secretsOf(rings.addresses)[0],
    onChange: (listener) => void listeners.push(listener),
    list: () => rings.signing.current().keys.map((key) => toInfo(key, rings.signing)),
    async rotate({ revoke = false, by } = {}) {
      await requests.ask(revoke, by?.name);
      return signerOf(rings.signing).kid;
    },
    look: rotation.look,
    signingAge: () => now() - signerOf(rings.signing).since,
    nextRotation: () => rings.signing.nextRotation() ?? now(),
    async close() {
      clearInterval(timer);
      watcher.close();
      await rotation.idle();
    },
  };
}

function warnOfShortPeriod({ rotationPeriod, log }: KeysDeps): void {
  if (rotationPeriod >= publishedFor) return;
  const effective = { event: 'key_period_too_short', ms: publishedFor };
  log.warn(
    effective,
    'keys rotate less often than configured: each is published for so long before it signs',
  );
}

function toInfo({ kid, alg, state, since, until }: RingKey, ring: RotatingRing): KeyInfo {
  return { kid, alg, state, since, until: state === 'retired' ? until : ring.nextRotation() };
}
