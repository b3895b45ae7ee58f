import type { IdentityAction } from './identity-actions.ts';

/** Who acts, as far as it is known. */
export interface Actor {
  /** An account's id, or what the way in calls its caller (`cli:root`); undefined for somebody who is not signed in. */
  readonly name: string | undefined;
  /** The OAuth client that the person was on the way to. */
  readonly client?: string | undefined;
  /** The host that the request came from. */
  readonly address?: string | undefined;
  /** The request's id, as on error pages and in the log. */
  readonly requestId?: string | undefined;
  /** The sign-in that it is a part of; see IdentityEvent. */
  readonly interaction?: string | undefined;
}

/** What an event belongs to: with these, a person's way can be followed. Hashes all of them; with none can anything be redeemed. */
export interface Trace {
  /** The session with a client, as the `sid` of its ID tokens names it. */
  readonly sid?: string | undefined;
  /** The session of a browser, which may hold several of those. */
  readonly browser?: string | undefined;
  /** One sign-in, from an application's request through the pages to its code. */
  readonly interaction?: string | undefined;
}

export interface IdentityEvent extends Trace {
  readonly action: IdentityAction;
  readonly actor: string | undefined;
  /** The id of the account, the name of the group or the `kid` of the key that it is done to; undefined when there is none such. */
  readonly subject: string | undefined;
  readonly client: string | undefined;
  readonly address: string | undefined;
  readonly result: 'success' | 'failure';
  /** Why it failed, a word from a fixed list. */
  readonly reason: string | undefined;
  /**
   * Which kind of it: of `sign-in` what proves it (`pwd` as in RFC 8176, `passkey`, or `connector:<id>`), of `token.issue` the grant type, of `session.end` the cause, of `key.rotate`
   * why, of `device.approve` and `device.deny` the device's address.
   */
  readonly detail?: string | undefined;
  readonly requestId: string | undefined;
  /** How many like it, of one network, it stands for. Absent: it is one. */
  readonly count?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Where events go. */
export interface IdentityAudit {
  /** Resolves when the event is kept as safely as this sink keeps events. */
  record(event: IdentityEvent): Promise<void>;
}
