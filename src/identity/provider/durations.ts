import type { ExpiryConfig, SessionsConfig } from '../identity-deps.ts';

/** What a configuration says of lifetimes, in milliseconds; what it does not say has a finite default. */
export interface Durations {
  readonly idTokens: number;
  readonly accessTokens: number;
  /** How long a sign-in may take. */
  readonly authRequests: number;
  readonly deviceRequests: number;
  /** Of refresh tokens, from the sign-in on. */
  readonly absolute: number;
  /** Of a refresh token that is not used. */
  readonly unused: number;
  readonly rotateRefreshTokens: boolean;
  /** In which a used refresh token may be presented again; 0: never. */
  readonly reuseInterval: number;
  /** Of a browser session, from the sign-in on. */
  readonly session: number;
  /** Of a browser session that is not used. */
  readonly idle: number;
  /** After which nothing issued today can still be alive. */
  readonly longest: number;
  /** The same of a grant without `offline_access`. */
  readonly boundGrant: number;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Dex has 24 h. Everybody can begin a sign-in, and each is kept until it ends. */
const authRequestLifetime = 15 * minute;

/** As in Dex (RFC 8628 §5.1: the shorter, the fewer codes there are to be guessed). */
const deviceRequestLifetime = 5 * minute;

/** All are finite: a configuration that says nothing gets defaults, not eternity. */
export function durationsOf(expiry: ExpiryConfig = {}, sessions: SessionsConfig = {}): Durations {
  const { refreshTokens = {} } = expiry;
  const idTokens = expiry.idTokens ?? day;
  const authRequests = expiry.authRequests ?? authRequestLifetime;
  const absolute = refreshTokens.absoluteLifetime ?? 90 * day;
  const session = sessions.absoluteLifetime ?? day;
  // A grant stays as long as anything issued under it: by it, what ends an account finds the tokens that still count.
  const boundGrant = session + idTokens + 2 * hour;
  return {
    idTokens,
    accessTokens: Math.min(idTokens, hour),
    authRequests,
    deviceRequests: expiry.deviceRequests ?? deviceRequestLifetime,
    absolute,
    unused: Math.min(refreshTokens.validIfNotUsedFor ?? 14 * day, absolute),
    rotateRefreshTokens: refreshTokens.disableRotation !== true,
    reuseInterval: refreshTokens.reuseInterval ?? 30_000,
    session,
    idle: sessions.validIfNotUsedFor ?? hour,
    longest: Math.max(absolute + idTokens, boundGrant, authRequests) + hour,
    boundGrant,
  };
}
