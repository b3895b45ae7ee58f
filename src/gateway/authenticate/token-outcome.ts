import type { UserInfo } from '../../kube/index.ts';

/** What a bearer token, or another credential, is worth. */
export type TokenOutcome =
  | {
      readonly outcome: 'authenticated';
      readonly user: UserInfo;
      /** Milliseconds since 1970 at which it expires. */
      readonly expiresAt: number;
      /** Whether the session that it belongs to is over, which may be before the token; absent when nobody can tell. */
      readonly hasEnded?: (() => boolean) | undefined;
      /** That session's `sid`, of a token that was issued in this process: base64url, so it can be written down as it is. */
      readonly sid?: string | undefined;
    }
  /** A token of a configured issuer that must not be accepted. `reason` is for the log. */
  | { readonly outcome: 'refused'; readonly reason: string }
  /** Not a JWT, or of no configured issuer: somebody else may know it. */
  | { readonly outcome: 'notMine' };
