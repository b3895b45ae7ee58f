import { dirname } from 'node:path';
import type { CredentialCache } from '../credential-cache.ts';
import {
  ensurePrivateDirectory,
  readPrivateFile,
  unlinkIfPresent,
  writePrivateFile,
} from '../private-file.ts';

/** After the first login that came to nothing; doubled with each further one. In milliseconds. */
const firstPause = 10_000;
const longestPause = 600_000;

interface Failures {
  readonly count: number;
  /** Of the last one, in milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Keeps a program that calls kubectl again and again from opening one window after the other: after a login that nobody
 * answered, the next one begins by itself only after a pause. Whoever types `login` does not wait.
 */
export interface Backoff {
  /** How long no login begins by itself, in milliseconds; 0 when it may. */
  pause(): number;
  failed(): void;
  succeeded(): void;
}

export function openBackoff(
  { failuresPath }: Pick<CredentialCache, 'failuresPath'>,
  now: () => number,
): Backoff {
  const read = () => parse(readPrivateFile(dirname(failuresPath), failuresPath));
  return {
    pause() {
      const { count, at } = read();
      const pause = count === 0 ? 0 : Math.min(firstPause * 2 ** (count - 1), longestPause);
      // A clock that was set back must not lock anybody out for longer than the pause.
      return Math.max(0, Math.min(at + pause - now(), pause));
    },
    failed() {
      ensurePrivateDirectory(dirname(failuresPath));
      const next: Failures = { count: Math.min(read().count + 1, 20), at: now() };
      writePrivateFile(failuresPath, JSON.stringify(next));
    },
    succeeded: () => void unlinkIfPresent(failuresPath),
  };
}

function parse(text: string | undefined): Failures {
  try {
    const { count, at } = JSON.parse(text ?? '') as Partial<Failures>;
    if (Number.isSafeInteger(count) && typeof at === 'number') return { count: Number(count), at };
  } catch {
    // Damaged counts as absent.
  }
  return { count: 0, at: 0 };
}
