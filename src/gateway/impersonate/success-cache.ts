import { hash } from 'node:crypto';
import type { UserInfo } from '../../kube/index.ts';

/** Kubernetes' success TTL: how long a right that was taken away may still count. */
const LIFETIME_MS = 10_000;
/** Of what the remembered answers were asked with, in characters; beyond it the oldest are forgotten. */
const CAPACITY = 8 << 20;

/** An identity that was allowed, and until when (by the cache's clock) that counts. */
export interface Remembered {
  readonly user: UserInfo;
  readonly until: number;
}

/** Identities that were allowed a moment ago. Refusals are not kept: a new right counts at once. */
export interface SuccessCache {
  get(key: SuccessKey): Remembered | undefined;
  /** What is derived from something remembered must not count for longer than that: pass the same on. */
  set(key: SuccessKey, remembered: Remembered): void;
  /** Something that was allowed just now. */
  fresh(user: UserInfo): Remembered;
}

/** Everything that an answer depends on, as a hash that nobody can make equal to another's. */
export interface SuccessKey {
  readonly digest: string;
  readonly size: number;
}

/** @param parts all that the answer depends on, the caller included; plain JSON */
export function successKey(parts: readonly unknown[]): SuccessKey {
  const text = JSON.stringify(parts);
  return { digest: hash('sha256', text, 'base64url'), size: text.length };
}

/** @param now milliseconds of a clock that never goes back */
export function createSuccessCache(now: () => number, capacity = CAPACITY): SuccessCache {
  // In the order of insertion, which is nearly that of expiry.
  const kept = new Map<string, { readonly remembered: Remembered; readonly size: number }>();
  let used = 0;

  function forget(digest: string): void {
    used -= kept.get(digest)?.size ?? 0;
    kept.delete(digest);
  }

  return {
    get: ({ digest }) => {
      const found = kept.get(digest)?.remembered;
      return found !== undefined && now() < found.until ? found : undefined;
    },
    set: ({ digest, size }, remembered) => {
      forget(digest);
      kept.set(digest, { remembered, size });
      used += size;
      const time = now();
      for (const [oldest, { remembered: old }] of kept) {
        if (used <= capacity && time < old.until) break;
        forget(oldest);
      }
    },
    fresh: (user) => ({ user, until: now() + LIFETIME_MS }),
  };
}
