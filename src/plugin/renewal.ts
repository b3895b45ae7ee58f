import type { OpenBrowser } from './browser.ts';
import { acquireLock } from './cache-lock.ts';
import type { CredentialCache, Credentials } from './credential-cache.ts';
import { exitCode, PluginError } from './exit.ts';
import { isFresh, remainingSeconds } from './freshness.ts';
import { createSendRequest, type SendRequest } from './http-request.ts';
import { decodeIdToken } from './id-token.ts';
import type { PluginDeps } from './invocation.ts';
import { discover, fetchKeys } from './issuer.ts';
import type { Login, LoginOptions } from './login-flow.ts';
import type { Target } from './target.ts';
import { redeemRefreshToken } from './token-endpoint.ts';
import { verifyIdToken } from './verify-id-token.ts';

export interface RenewalDeps extends PluginDeps {
  readonly cache: CredentialCache;
  readonly target: Target;
  /** The command that the user is to type when only a login helps. */
  readonly loginCommand: string;
}

export interface RenewalOptions {
  readonly listenPort: number;
  readonly timeoutMs: number;
  /** How a login may go on from here; undefined when the user is not there to do it. */
  readonly interactive?: { readonly openBrowser?: OpenBrowser };
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
    return isFresh(current, now()) || changed ? current : undefined;
  };
  const lock = await holdLock(options.timeoutMs, deps, () => renewed() !== undefined);
  try {
    const current = renewed();
    if (current !== undefined) return current;
    if (lock.kind === 'settled') throw notLoggedIn(deps);
    const send = createSendRequest(target.trust);
    const refreshed = await refresh(send, deps);
    if (refreshed !== undefined) return refreshed;
    // Whoever waited has just seen another login come to nothing: one more window would be the start of a tab storm.
    if (options.interactive === undefined || lock.waited) throw notLoggedIn(deps);
    const ended = cache.read()?.endedBecause;
    if (ended !== undefined) deps.stderr(`${sessionEnded(target, ended)}: a new login is needed.\n`);
    const { credentials, claims } = await logInAndKeep({ ...options, ...options.interactive }, send, deps);
    deps.stderr(`Logged in as ${claims.username}.\n`);
    return credentials;
  } finally {
    if (lock.kind === 'acquired') lock.release();
  }
}

/** A login whatever the cache holds. */
export async function renewByLogin(options: LoginOptions, deps: RenewalDeps): Promise<Login> {
  const lock = await holdLock(options.timeoutMs, deps);
  try {
    return await logInAndKeep(options, createSendRequest(deps.target.trust), deps);
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

async function logInAndKeep(options: LoginOptions, send: SendRequest, deps: RenewalDeps): Promise<Login> {
  const { logIn } = await import('./login-flow.ts');
  const login = await logIn(deps.target, options, { ...deps, send });
  deps.cache.write(login.credentials);
  return login;
}

/** Fresh credentials by the refresh token; undefined when there is none, or the issuer no longer takes it. */
async function refresh(send: SendRequest, deps: RenewalDeps): Promise<Credentials | undefined> {
  const { cache, target, now } = deps;
  const old = cache.read();
  if (old?.refreshToken === undefined) return undefined;
  const { refreshToken, ...rest } = old;
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
    const claims = verifyIdToken(answer.idToken, {
      issuer: target.issuer,
      clientId: target.clientId,
      keys: await fetchKeys(metadata, send),
      now: now(),
      ...(subject === undefined ? {} : { subject }),
    });
    const credentials = { ...rest, refreshToken: rotated, idToken: answer.idToken, expiresAt: claims.exp };
    cache.write(credentials);
    return credentials;
  } catch (error) {
    // The issuer is away, but the token still has some seconds: kubectl may as well use them.
    const away = error instanceof PluginError && error.exitCode === exitCode.unreachable;
    if (away && remainingSeconds(old, now()) > 0) return old;
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
