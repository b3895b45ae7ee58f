import { acquireLock } from './cache-lock.ts';
import type { CredentialCache, Credentials } from './credential-cache.ts';
import { exitCode, PluginError } from './exit.ts';
import { isFresh, remainingSeconds } from './freshness.ts';
import { createSendRequest, type SendRequest } from './http-request.ts';
import { decodeIdToken } from './id-token.ts';
import type { PluginDeps } from './invocation.ts';
import { discover } from './issuer.ts';
import { acceptTokens, type Login } from './login/accept-tokens.ts';
import { openBackoff } from './login/backoff.ts';
import type { LoginOptions } from './login/log-in.ts';
import type { Target } from './target.ts';
import { redeemRefreshToken } from './token-endpoint.ts';

export interface RenewalDeps extends PluginDeps {
  readonly cache: CredentialCache;
  readonly target: Target;
  /** The command that the user is to type when only a login helps. */
  readonly loginCommand: string;
}

export interface RenewalOptions {
  readonly timeoutMs: number;
  /** How a login may go on from here; undefined when the user is not there to do it. */
  readonly login?: LoginOptions;
  /** The cached token is not good enough, however long it has. */
  readonly force: boolean;
}

/** Room for the requests around the user's part of a login, in milliseconds. */
const requestsMs = 60_000;

/**
 * Credentials that are good for a while: what another process has just renewed, else refreshed, else from a login.
 * All of it happens under the cache's lock. Throws PluginError (notLoggedIn) when nobody is there to log in.
 */
export async function renewCredentials(options: RenewalOptions, deps: RenewalDeps): Promise<Credentials> {
  const { cache, target, now } = deps;
  const before = cache.read();
  const renewed = (): Credentials | undefined => {
    const current = cache.read();
    const changed = current?.idToken !== before?.idToken && remainingSeconds(current, now()) > 0;
    return (isFresh(current, now()) && !options.force) || changed ? current : undefined;
  };
  const lock = await holdLock(options.timeoutMs, deps, () => renewed() !== undefined);
  try {
    const current = renewed();
    if (current !== undefined) return current;
    if (lock.kind === 'settled') throw notLoggedIn(deps);
    const send = createSendRequest(target.trust, deps.env);
    const refreshed = await refresh(send, deps);
    if (refreshed !== undefined) return refreshed.credentials;
    return await logInAgain(options, lock.waited, send, deps);
  } finally {
    if (lock.kind === 'acquired') lock.release();
  }
}

/**
 * An access token for the issuer's own endpoints: of a refresh, for none is kept. Throws PluginError (notLoggedIn) when there
 * is nothing to refresh.
 */
export async function renewForAccess(deps: RenewalDeps): Promise<string> {
  const lock = await holdLock(requestsMs, deps);
  try {
    const refreshed = await refresh(createSendRequest(deps.target.trust, deps.env), deps);
    if (refreshed?.accessToken === undefined) throw notLoggedIn(deps);
    return refreshed.accessToken;
  } finally {
    if (lock.kind === 'acquired') lock.release();
  }
}

/** A login whatever the cache holds. */
export async function renewByLogin(options: LoginOptions, deps: RenewalDeps): Promise<Login> {
  const lock = await holdLock(options.timeoutMs, deps);
  try {
    return await logInAndKeep(options, createSendRequest(deps.target.trust, deps.env), deps);
  } finally {
    if (lock.kind === 'acquired') lock.release();
  }
}

function holdLock(timeoutMs: number, { cache, now, signal, stderr }: RenewalDeps, settled?: () => boolean) {
  return acquireLock(cache.lockPath, {
    now,
    signal,
    holdMs: timeoutMs + requestsMs,
    waitMs: timeoutMs,
    ...(settled === undefined ? {} : { settled }),
    onWait: (pid) =>
      stderr(`Waiting for another login or refresh${pid === undefined ? '' : ` (process ${pid})`}…\n`),
  });
}

/** A login that nobody typed: only where somebody is there, and not one after the other. */
async function logInAgain(
  { login, force }: RenewalOptions,
  waited: boolean,
  send: SendRequest,
  deps: RenewalDeps,
): Promise<Credentials> {
  const { cache, target, now, stderr, loginCommand } = deps;
  const current = cache.read();
  // Without a refresh token there is nothing better, but for a program's: whether it is refused, the server says.
  if (
    force &&
    login?.flow !== 'client-credentials' &&
    remainingSeconds(current, now()) > 0 &&
    current !== undefined
  )
    return current;
  // Whoever waited has just seen another login come to nothing: one more window would be the start of a tab storm.
  if (login === undefined || waited) throw notLoggedIn(deps);
  const pause = openBackoff(cache, now).pause();
  if (pause > 0) {
    throw new PluginError(
      exitCode.notLoggedIn,
      `not logged in: the last login came to nothing, and the next one begins by itself in ${Math.ceil(pause / 1000)} s; now: ${loginCommand}`,
    );
  }
  if (current?.endedBecause !== undefined)
    stderr(`${sessionEnded(target, current.endedBecause)}: a new login is needed.\n`);
  const { credentials, claims } = await logInAndKeep(login, send, deps);
  stderr(`Logged in as ${claims.username}.\n`);
  return credentials;
}

async function logInAndKeep(options: LoginOptions, send: SendRequest, deps: RenewalDeps): Promise<Login> {
  const backoff = openBackoff(deps.cache, deps.now);
  const { logIn } = await import('./login/log-in.ts');
  try {
    const login = await logIn(deps.target, options, { ...deps, send });
    deps.cache.write(login.credentials);
    backoff.succeeded();
    return login;
  } catch (error) {
    // Who interrupts a login knows what they do; and an issuer that is away has opened no window.
    const counts: readonly number[] = [exitCode.timeout, exitCode.notLoggedIn, exitCode.failure];
    if (error instanceof PluginError && counts.includes(error.exitCode)) backoff.failed();
    throw error;
  }
}

interface Refreshed {
  readonly credentials: Credentials;
  readonly accessToken?: string;
}

/** Fresh credentials by the refresh token; undefined when there is none, or the issuer no longer takes it. */
async function refresh(send: SendRequest, deps: RenewalDeps): Promise<Refreshed | undefined> {
  const { cache, target, now } = deps;
  const old = cache.read();
  const refreshToken = cache.refreshToken(old);
  if (old === undefined || refreshToken === undefined) return undefined;
  const { refreshToken: _, inKeyring: __, ...rest } = old;
  try {
    const metadata = await discover(target.issuer, send, deps.signal);
    const answer = await redeemRefreshToken({ metadata, clientId: target.clientId, send }, refreshToken);
    if (answer.kind === 'refused') {
      // Remembered, so that the other processes neither ask again nor wonder why.
      cache.write({ ...rest, endedBecause: answer.reason });
      return undefined;
    }
    const rotated = answer.refreshToken ?? refreshToken;
    // Before anything else can fail: the issuer has already forgotten the old one.
    if (rotated !== refreshToken) cache.write({ ...old, refreshToken: rotated });
    const subject = decodeIdToken(old.idToken)?.claims.sub;
    const held = { target, metadata, ...(subject === undefined ? {} : { subject }) };
    const { credentials } = await acceptTokens({ ...answer, refreshToken: rotated }, held, { ...deps, send });
    cache.write(credentials);
    const { accessToken } = answer;
    return { credentials, ...(accessToken === undefined ? {} : { accessToken }) };
  } catch (error) {
    // The issuer is away, but the token still has some seconds: kubectl may as well use them.
    const away = error instanceof PluginError && error.exitCode === exitCode.unreachable;
    if (away && remainingSeconds(old, now()) > 0) return { credentials: old };
    throw error;
  }
}

function notLoggedIn({ cache, target, loginCommand }: RenewalDeps): PluginError {
  const ended = cache.read()?.endedBecause;
  const why = ended === undefined ? 'not logged in' : `not logged in (${sessionEnded(target, ended)})`;
  return new PluginError(exitCode.notLoggedIn, `${why}: run ${loginCommand}`);
}

function sessionEnded(target: Target, reason: string): string {
  return `the session at ${target.issuer} has ended, ${reason}`;
}
