import type { SessionRecord } from './session-record.ts';

/** A browser that somebody is signed in with, or an application that goes on without one (`offline_access`). */
export interface Session {
  /** An application's is the `sid` of its ID tokens. With it nothing can be redeemed. */
  readonly id: string;
  readonly kind: 'browser' | 'application';
  readonly accountId: string;
  /** Ids of the clients: those signed in to by the browser, or the application itself. */
  readonly clients: readonly string[];
  readonly scopes: readonly string[];
  /** What the person signed in with, for example `Firefox on Linux`; empty when unknown. */
  readonly signedInWith: string;
  /** What it was last used with. */
  readonly lastUsedWith: string;
  /** Network address of its last use. */
  readonly address: string;
  /** Milliseconds since the epoch, like all times here. */
  readonly createdAt: number;
  /** Kept to the minute. */
  readonly lastUsedAt: number;
  /** When it ends unless it is used before. */
  readonly expiresAt: number;
}

/** @param within the clients that were signed in to in it, of a browser */
export function toSession(record: SessionRecord, within: Iterable<string>): Session {
  const { bound: _bound, browser: _browser, clientId, ...rest } = record;
  return { ...rest, clients: clientId === undefined ? [...within] : [clientId] };
}
