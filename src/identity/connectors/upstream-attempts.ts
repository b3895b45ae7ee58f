import { createHmac, randomBytes } from 'node:crypto';
import type { Expiring } from '../../store/index.ts';
import { hashOf } from '../provider/stored-model.ts';

/** A sign-in that has gone to a connector, as it is kept: nothing with which it could be gone on with. */
export interface AttemptRecord {
  readonly connector: string;
  /** Hash of the interaction's id. */
  readonly interaction: string;
  /** Hash of the browser's secret. */
  readonly browser: string;
  /** Seconds; as it was asked of the connector. */
  readonly maxAge?: number | undefined;
}

/** What goes to the connector, and what only the browser has. */
export interface BegunAttempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** For a cookie called by `cookieOf(state)`. */
  readonly cookie: string;
}

export interface TakenAttempt extends Pick<BegunAttempt, 'nonce' | 'verifier'> {
  readonly record: AttemptRecord;
  /** The interaction's id. */
  readonly uid: string;
}

/**
 * Sign-ins on their way to a connector and back. Each comes back once, and to the browser only that it has left from: `state` is
 * in addresses, and no secret; the secret is in a cookie, and `nonce` and PKCE's verifier are made of it, so that a code which
 * is brought to another browser cannot be redeemed there. Source: RFC 9700 §4.7, RFC 6749 §10.12.
 */
export interface UpstreamAttempts {
  begin(uid: string, about: Pick<AttemptRecord, 'connector' | 'maxAge'>): Promise<BegunAttempt>;
  /** @returns undefined when there is none for this browser, or somebody was first; then or now it is over */
  take(state: string, connector: string, cookie: string): Promise<TakenAttempt | undefined>;
}

export interface UpstreamAttemptsDeps {
  readonly records: Expiring<AttemptRecord>;
  /** Milliseconds that a sign-in may take. */
  lifetime(): number;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Of the cookie that belongs to a state; several tabs have one each. */
export function cookieOf(state: string): string {
  return `sallyport_upstream_${hashOf(state).slice(0, 16)}`;
}

const derived = (secret: string, use: string) => createHmac('sha256', secret).update(use).digest('base64url');

function secretsOf(secret: string): Pick<BegunAttempt, 'nonce' | 'verifier'> {
  return { nonce: derived(secret, 'nonce'), verifier: derived(secret, 'verifier') };
}

export function createUpstreamAttempts({ records, lifetime, now }: UpstreamAttemptsDeps): UpstreamAttempts {
  return {
    async begin(uid, about) {
      const state = randomBytes(32).toString('base64url');
      const secret = randomBytes(32).toString('base64url');
      const record = { ...about, interaction: hashOf(uid), browser: hashOf(secret) };
      await records.put(hashOf(state), record, now() + lifetime());
      return { state, ...secretsOf(secret), cookie: `${secret}.${uid}` };
    },
    async take(state, connector, cookie) {
      const key = hashOf(state);
      const found = await records.get(key);
      const [secret = '', uid = ''] = cookie.split('.', 2);
      if (found === undefined || found.value.browser !== hashOf(secret)) return undefined;
      // Whatever it is worth, it is over.
      const isFirst = await records.delete(key, { ifRevision: found.revision });
      const { value: record } = found;
      if (!isFirst || record.interaction !== hashOf(uid) || record.connector !== connector) return undefined;
      return { record, uid, ...secretsOf(secret) };
    },
  };
}
