import type { Actor } from '../audit/index.ts';

/** Why a session ended before its time. */
export type EndCause =
  /** The person signed out. */
  | 'signOut'
  /** Somebody else signed in with the same browser. */
  | 'replaced'
  /** The client gave its tokens back (RFC 7009). */
  | 'revocation'
  /** A code or a refresh token came a second time: one of its two holders has stolen it. */
  | 'reuse'
  /** The account was disabled or deleted, got another password, or its second factors were taken away. */
  | 'account'
  /** All keys were revoked. */
  | 'keys'
  /** An operator, or the person on the list of their sessions. */
  | 'request'
  /** The client is no more: it was removed, or not used for too long. */
  | 'client'
  /** Made, and never given to anybody. */
  | 'unused';

export interface Ending {
  readonly cause: EndCause;
  /** Who ended it, as far as it is known. */
  readonly by?: Actor | undefined;
}
