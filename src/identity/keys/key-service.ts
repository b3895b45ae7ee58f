import type { Actor } from '../audit/index.ts';
import type { RingKey } from './key-ring.ts';

export interface KeyInfo {
  readonly kid: string;
  readonly alg: string;
  /** In the key set but not signing yet; signing; verifying what it has signed. */
  readonly state: RingKey['state'];
  /** When it came into that state; milliseconds since the epoch. */
  readonly since: number;
  /** When it leaves that state, as things stand. */
  readonly until: number | undefined;
}

/** What an operator can see and do about the signing keys. */
export interface KeyService {
  list(): readonly KeyInfo[];
  /**
   * Replaces the signing key at once, without waiting until verifiers can have the new one: those that keep the key set
   * and do not look again for an unknown `kid` refuse new tokens for up to `max-age`. Resolves with the new key's kid when
   * the leader has done it.
   * @throws NoLeaderError when nobody has within half a minute
   * @param options.revoke the keys there were verify nothing from now on, and every session and grant ends
   * @param options.by who asks, for the audit trail
   */
  rotate(options?: { readonly revoke?: boolean; readonly by?: Actor }): Promise<string>;
  /** Does what is due now, on the leader; it comes by itself every half minute. */
  look(): Promise<void>;
  /** For how long the key has signed, in milliseconds. */
  signingAge(): number;
  /** When the next key is to sign; milliseconds since the epoch. */
  nextRotation(): number;
}
