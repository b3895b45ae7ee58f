import { type Configuration, errors } from 'oidc-provider';
import type { ExpiryConfig, SessionsConfig } from '../identity-deps.ts';
import { durationsOf } from './durations.ts';

/** To be read where they are used, not kept: others may be put in force. */
export interface Lifetimes {
  /** Seconds. */
  readonly idToken: number;
  readonly accessToken: number;
  readonly ttl: NonNullable<Configuration['ttl']>;
  readonly rotateRefreshTokens: boolean;
  /** Seconds that a refresh token lives that is issued, or used, now. @throws errors.InvalidGrant */
  refreshToken(token: RefreshTokenState): number;
  /** Milliseconds in which a used refresh token may be presented again; 0: never. */
  readonly reuseInterval: number;
  /** Milliseconds that a sign-in may take. */
  readonly authRequests: number;
  /** For how long what was issued counts at most, and so how long its end is remembered. */
  readonly kept: KeptLifetimes;
  /** When a browser session that is used now ends, in milliseconds since the epoch. */
  sessionEnd(session: SessionState): number;
}

/** Milliseconds. None gets shorter: what was issued before may live as long as it was told to. */
export interface KeptLifetimes {
  /** After which nothing issued until now can still be alive. */
  readonly longest: number;
  /** The same of what is issued without `offline_access`. */
  readonly longestBound: number;
  /** The longest that anything signed with the token keys can live. */
  readonly signed: number;
  /** That a sign-in which has begun may take. */
  readonly signIn: number;
}

export interface ReplaceableLifetimes extends Lifetimes {
  /** From now on what is issued lives so long, and refresh tokens are held to it, too. */
  replace(expiry: ExpiryConfig | undefined): void;
}

export interface RefreshTokenState {
  /** When the first of its family was issued, in seconds since the epoch; undefined: now. */
  readonly iiat?: number | undefined;
}

export interface SessionState {
  /** Seconds since the epoch; undefined when nobody is signed in. */
  readonly loginTs?: number | undefined;
  /** The person did not ask to be kept signed in. */
  readonly transient?: boolean | undefined;
}

const minute = 60_000;
const hour = 60 * minute;

/** RFC 6749 §4.1.2 recommends ten times that at most. */
const codeLifetime = minute;

/** What a browser without a signed-in person may keep, for example between a sign-out page and its answer. */
const anonymousSessionLifetime = hour;

/** The provider's, for logout tokens (OpenID Connect Back-Channel Logout 1.0 §2.4 recommends at most this). */
const logoutTokenLifetime = 2 * minute;

const seconds = (ms: number) => Math.max(1, Math.floor(ms / 1000));

/** Every lifetime in one place. */
export function createLifetimes(
  expiry: ExpiryConfig | undefined,
  now: () => number,
  sessions?: SessionsConfig,
): ReplaceableLifetimes {
  let durations = durationsOf(expiry, sessions);
  let kept = keptLifetimes();

  function keptLifetimes(): KeptLifetimes {
    const { longest, boundGrant, idTokens, authRequests } = durations;
    return {
      longest,
      longestBound: boundGrant + hour,
      signed: Math.max(idTokens, logoutTokenLifetime),
      signIn: authRequests,
    };
  }

  function sessionEnd({ loginTs, transient = false }: SessionState): number {
    if (loginTs === undefined) return now() + anonymousSessionLifetime;
    const end = loginTs * 1000 + durations.session;
    return transient ? Math.min(end, now() + durations.idle) : end;
  }

  function refreshToken({ iiat }: RefreshTokenState): number {
    const left = (iiat === undefined ? now() : iiat * 1000) + durations.absolute - now();
    // The shortest lifetime is a second: who refreshes all the time must not get one after the other.
    if (left <= 0) throw new errors.InvalidGrant('the absolute lifetime is over');
    return seconds(Math.min(durations.unused, left));
  }

  return {
    get idToken() {
      return seconds(durations.idTokens);
    },
    get accessToken() {
      return seconds(durations.accessTokens);
    },
    get rotateRefreshTokens() {
      return durations.rotateRefreshTokens;
    },
    get reuseInterval() {
      return durations.reuseInterval;
    },
    get authRequests() {
      return durations.authRequests;
    },
    get kept() {
      return kept;
    },
    sessionEnd,
    refreshToken,
    ttl: {
      AccessToken: () => seconds(durations.accessTokens),
      AuthorizationCode: codeLifetime / 1000,
      DeviceCode: () => seconds(durations.deviceRequests),
      // Refreshing does not extend a grant: it must outlive the last refresh token of its chain.
      Grant: (_ctx, grant) =>
        seconds(grant.getOIDCScope().includes('offline_access') ? durations.longest : durations.boundGrant),
      IdToken: () => seconds(durations.idTokens),
      Interaction: () => seconds(durations.authRequests),
      RefreshToken: (_ctx, token) => refreshToken(token),
      Session: (_ctx, session) => seconds(sessionEnd(session) - now()),
    },
    replace(next) {
      durations = durationsOf(next, sessions);
      kept = longerOf(kept, keptLifetimes());
    },
  };
}

function longerOf(a: KeptLifetimes, b: KeptLifetimes): KeptLifetimes {
  return {
    longest: Math.max(a.longest, b.longest),
    longestBound: Math.max(a.longestBound, b.longestBound),
    signed: Math.max(a.signed, b.signed),
    signIn: Math.max(a.signIn, b.signIn),
  };
}
