import { type Configuration, errors } from 'oidc-provider';
import type { ExpiryConfig, SessionsConfig } from '../identity-deps.ts';

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
  /** Milliseconds after which nothing issued today can still be alive. */
  readonly longest: number;
  /** The same of what is issued without `offline_access`. */
  readonly longestBound: number;
  /** How long a code, or a device's, may wait to be redeemed, in milliseconds: and the grant behind it. */
  readonly unredeemed: number;
  /** The longest that anything signed with the token keys can live, in milliseconds. */
  readonly signed: number;
  /** Milliseconds that a sign-in may take. */
  readonly authRequests: number;
  /** When a browser session that is used now ends, in milliseconds since the epoch. */
  sessionEnd(session: SessionState): number;
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
const day = 24 * hour;

/** Dex has 24 h. Everybody can begin a sign-in, and each is kept until it ends. */
const authRequestLifetime = 15 * minute;

/** RFC 6749 §4.1.2 recommends ten times that at most. */
const codeLifetime = minute;

/** As in Dex (RFC 8628 §5.1: the shorter, the fewer codes there are to be guessed). */
const deviceRequestLifetime = 5 * minute;

/** What a browser without a signed-in person may keep, for example between a sign-out page and its answer. */
const anonymousSessionLifetime = hour;

/** The provider's, for logout tokens (OpenID Connect Back-Channel Logout 1.0 §2.4 recommends at most this). */
const logoutTokenLifetime = 2 * minute;

const seconds = (ms: number) => Math.max(1, Math.floor(ms / 1000));

/** Every lifetime in one place. All are finite: a configuration that says nothing gets defaults, not eternity. */
export function createLifetimes(
  expiry: ExpiryConfig = {},
  now: () => number,
  sessions: SessionsConfig = {},
): Lifetimes {
  const sessionLifetime = sessions.absoluteLifetime ?? day;
  const idle = sessions.validIfNotUsedFor ?? hour;
  const idTokens = expiry.idTokens ?? day;
  const authRequests = expiry.authRequests ?? authRequestLifetime;
  const absolute = expiry.refreshTokens?.absoluteLifetime ?? 90 * day;
  const unused = Math.min(expiry.refreshTokens?.validIfNotUsedFor ?? 14 * day, absolute);
  // A grant stays as long as anything issued under it: by it, what ends an account finds the tokens that still count.
  const boundGrant = sessionLifetime + idTokens + 2 * hour;
  const longest = Math.max(absolute + idTokens, boundGrant, authRequests) + hour;

  function sessionEnd({ loginTs, transient = false }: SessionState): number {
    if (loginTs === undefined) return now() + anonymousSessionLifetime;
    const end = loginTs * 1000 + sessionLifetime;
    return transient ? Math.min(end, now() + idle) : end;
  }

  function refreshToken({ iiat }: RefreshTokenState): number {
    const left = (iiat === undefined ? now() : iiat * 1000) + absolute - now();
    // The shortest lifetime is a second: who refreshes all the time must not get one after the other.
    if (left <= 0) throw new errors.InvalidGrant('the absolute lifetime is over');
    return seconds(Math.min(unused, left));
  }

  const devices = expiry.deviceRequests ?? deviceRequestLifetime;
  const [idToken, accessToken] = [seconds(idTokens), seconds(Math.min(idTokens, hour))];
  return {
    idToken,
    accessToken,
    sessionEnd,
    refreshToken,
    rotateRefreshTokens: expiry.refreshTokens?.disableRotation !== true,
    reuseInterval: expiry.refreshTokens?.reuseInterval ?? 30_000,
    longest,
    longestBound: boundGrant + hour,
    signed: Math.max(idTokens, logoutTokenLifetime),
    authRequests,
    // And a minute for the way there.
    unredeemed: Math.max(codeLifetime, devices) + minute,
    ttl: {
      AccessToken: accessToken,
      AuthorizationCode: codeLifetime / 1000,
      DeviceCode: seconds(devices),
      // Refreshing does not extend a grant: it must outlive the last refresh token of its chain.
      Grant: (_ctx, grant) => seconds(grant.getOIDCScope().includes('offline_access') ? longest : boundGrant),
      IdToken: idToken,
      Interaction: seconds(authRequests),
      RefreshToken: (_ctx, token) => refreshToken(token),
      Session: (_ctx, session) => seconds(sessionEnd(session) - now()),
    },
  };
}
