import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writePrivateFile } from './private-file.ts';

/** How many of those that ran us are remembered. */
const most = 32;

/** A refresh is not forced again for the same parent within this time, in milliseconds. */
const forceEvery = 60_000;

interface Entry {
  readonly parent: string;
  /** Of the token, in part: enough to know it again. */
  readonly digest: string;
  /** Milliseconds since the epoch. */
  readonly forcedAt: number;
}

export interface HandedOut {
  /**
   * Whether the process that runs us had this very token from us before, while it was good: client-go keeps a token until it
   * expires or the server answers 401, and does not say which. Then the token is no longer worth anything.
   */
  wasRefused(idToken: string): boolean;
  /** `forced`: it was renewed because of wasRefused. */
  remember(idToken: string, forced: boolean): void;
}

/** `path`: where it is kept; `parent`: which process runs us. A damaged file counts as none; two writers may lose one entry. */
export function openHandedOut(path: string, parent: string, now: () => number): HandedOut {
  const digestOf = (token: string) => createHash('sha256').update(token).digest('base64url').slice(0, 16);
  const entries = readEntries(path);
  const mine = entries.find((entry) => entry.parent === parent);
  return {
    wasRefused: (idToken) => mine?.digest === digestOf(idToken) && now() - mine.forcedAt >= forceEvery,
    remember(idToken, forced) {
      const digest = digestOf(idToken);
      if (mine?.digest === digest && !forced) return;
      const others = entries.filter((entry) => entry.parent !== parent).slice(1 - most);
      const forcedAt = forced ? now() : (mine?.forcedAt ?? 0);
      try {
        writePrivateFile(path, JSON.stringify([...others, { parent, digest, forcedAt } satisfies Entry]));
      } catch {
        // A cache that can only be read, as in a container, still has a token to hand out.
      }
    },
  };
}

function readEntries(path: string): readonly Entry[] {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return Array.isArray(value) ? value.filter(isEntry) : [];
  } catch {
    return [];
  }
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const { parent, digest, forcedAt } = value as Record<string, unknown>;
  return typeof parent === 'string' && typeof digest === 'string' && typeof forcedAt === 'number';
}
