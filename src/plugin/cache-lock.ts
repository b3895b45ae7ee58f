import { closeSync, constants, openSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode, exitCode, PluginError } from './exit.ts';
import { ensurePrivateDirectory } from './private-file.ts';

/** Either the lock is ours, or another process has meanwhile done what we wanted it for. */
export type LockOutcome =
  | { readonly kind: 'acquired'; readonly waited: boolean; readonly release: () => void }
  | { readonly kind: 'settled' };

export interface LockOptions {
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** How long the holder may need at most, in milliseconds; after that others may break the lock. */
  readonly holdMs: number;
  /** How long to wait for another holder, in milliseconds. */
  readonly waitMs: number;
  /** Asked at each round of the wait: true ends it without the lock. */
  readonly settled?: () => boolean;
  /** Called once when the wait becomes noticeable. */
  readonly onWait?: (holderPid: number | undefined) => void;
}

interface LockFile {
  readonly pid: number;
  readonly host: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

const pollMs = 40;
const noticeableMs = 3000;
/** A lock file without content belongs to a process that is about to write it, or died just there. */
const unwrittenMs = 5000;

/**
 * Takes the lock file `path`, so that of many plugins started at once one renews the credentials and the others use
 * the result: parallel renewals would look like refresh token reuse to the issuer, parallel logins like a tab storm.
 * Throws PluginError: timeout when the holder does not finish in time, interrupted on the signal.
 */
export async function acquireLock(path: string, options: LockOptions): Promise<LockOutcome> {
  ensurePrivateDirectory(dirname(path));
  const { now, signal } = options;
  const started = now();
  let noticed = false;
  for (let waited = false; ; waited = true) {
    const content = JSON.stringify({
      pid: process.pid,
      host: hostname(),
      until: now() + options.holdMs,
    } satisfies LockFile);
    if (createExclusively(path, content)) {
      return { kind: 'acquired', waited, release: () => releaseOwn(path, content) };
    }
    if (waited && options.settled?.() === true) return { kind: 'settled' };
    const holder = breakIfStale(path, now());
    if (now() - started > options.waitMs) {
      throw new PluginError(
        exitCode.timeout,
        `gave up waiting for another login or refresh${holder === undefined ? '' : ` (process ${holder.pid})`}`,
      );
    }
    if (!noticed && now() - started > noticeableMs) {
      noticed = true;
      options.onWait?.(holder?.pid);
    }
    try {
      // Spread out, so that waiters do not retry in step.
      await delay(pollMs / 2 + Math.random() * pollMs, undefined, { signal });
    } catch {
      throw new PluginError(exitCode.interrupted, 'interrupted');
    }
  }
}

function createExclusively(path: string, content: string): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(
      path,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0),
      0o600,
    );
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    writeFileSync(descriptor, content);
  } finally {
    closeSync(descriptor);
  }
  return true;
}

function releaseOwn(path: string, content: string): void {
  if (readText(path) === content) unlinkQuietly(path);
}

/**
 * Removes the lock of a dead or overdue holder. Removal happens under a second exclusive file: without it, two
 * breakers could both see the same stale lock, and the slower one would remove the lock that the faster one now holds.
 */
function breakIfStale(path: string, now: number): LockFile | undefined {
  const seen = staleOrHolder(path, now);
  if (seen !== 'stale') return seen;
  const guard = `${path}.break`;
  if (!createExclusively(guard, '')) {
    if (ageOf(guard) > unwrittenMs) unlinkQuietly(guard);
    return undefined;
  }
  try {
    if (staleOrHolder(path, now) === 'stale') unlinkQuietly(path);
  } finally {
    unlinkQuietly(guard);
  }
  return undefined;
}

function staleOrHolder(path: string, now: number): LockFile | 'stale' | undefined {
  const text = readText(path);
  if (text === undefined) return undefined;
  const lock = parseLock(text);
  if (lock === undefined) return ageOf(path) > unwrittenMs ? 'stale' : undefined;
  // Process ids mean something on one host only; a home directory may be shared by several.
  const dead = lock.host === hostname() && !isAlive(lock.pid);
  return dead || now > lock.until ? 'stale' : lock;
}

function parseLock(text: string): LockFile | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { pid, host, until } = value as Record<string, unknown>;
    const valid =
      Number.isSafeInteger(pid) && Number(pid) > 0 && typeof host === 'string' && typeof until === 'number';
    return valid ? { pid: Number(pid), host, until } : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
}

function ageOf(path: string): number {
  const modified = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  // File times are the system's: the injected clock does not apply.
  return modified === undefined ? 0 : Date.now() - modified;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function unlinkQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}
