import { hash } from 'node:crypto';

/** Kubernetes' own bound. */
const CALLERS = 10_000;

/** Which mode (by its place) served a caller last. It decides the order of the questions, never an answer. */
export interface ModeMemory {
  get(username: string): number | undefined;
  set(username: string, mode: number): void;
}

/** Keeps the callers that impersonated most recently. */
export function createModeMemory(callers = CALLERS): ModeMemory {
  // A Map iterates in insertion order; re-inserting on use makes the first one the least recently used.
  const modes = new Map<string, number>();

  function put(key: string, mode: number): void {
    modes.delete(key);
    modes.set(key, mode);
  }

  return {
    get: (username) => {
      const key = keyOf(username);
      const mode = modes.get(key);
      if (mode !== undefined) put(key, mode);
      return mode;
    },
    set: (username, mode) => {
      put(keyOf(username), mode);
      if (modes.size <= callers) return;
      const oldest = modes.keys().next();
      if (!oldest.done) modes.delete(oldest.value);
    },
  };
}

/** Long names must not take more room than short ones. */
function keyOf(username: string): string {
  return hash('sha256', username, 'base64url');
}
