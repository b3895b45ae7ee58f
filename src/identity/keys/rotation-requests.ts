import { randomUUID } from 'node:crypto';
import type { Store } from '../../store/index.ts';

export interface RotationRequest {
  readonly id: string;
  readonly revoke: boolean;
  /** Who asked, as far as it is known. */
  readonly by?: string | undefined;
}

export interface RotationRequests {
  /** Asks the leader, whichever process that is. Resolves when the request has been carried out. */
  ask(revoke: boolean, by?: string): Promise<void>;
  /** What is asked for, in no particular order. */
  pending(): Promise<readonly RotationRequest[]>;
  done(request: RotationRequest): Promise<void>;
  /** Takes what a watch tells: the key is gone. */
  removed(key: string): void;
}

/** Requests to replace all keys now: a record each under the prefix, gone when the leader has carried it out. */
export function createRotationRequests(store: Store, prefix: string): RotationRequests {
  const waiting = new Map<string, () => void>();
  return {
    async ask(revoke, by) {
      const id = randomUUID();
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.set(prefix + id, resolve);
      await store.txn([], [{ type: 'put', key: prefix + id, value: JSON.stringify({ id, revoke, by }) }]);
      await promise;
    },
    async pending() {
      const { entries } = await store.list(prefix);
      return entries.map(({ value }): RotationRequest => JSON.parse(value));
    },
    async done({ id }) {
      await store.txn([], [{ type: 'delete', key: prefix + id }]);
    },
    removed(key) {
      waiting.get(key)?.();
      waiting.delete(key);
    },
  };
}
