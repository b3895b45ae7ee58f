import { randomUUID } from 'node:crypto';
import type { Store } from '../../store/index.ts';

export interface RotationRequest {
  readonly id: string;
  readonly revoke: boolean;
  /** Who asked, as far as it is known. */
  readonly by?: string | undefined;
}

export interface RotationRequests {
  /**
   * Asks the leader, whichever process that is. Resolves when the request has been carried out.
   * @throws NoLeaderError when nobody has done so in time; then the request is withdrawn
   */
  ask(revoke: boolean, by?: string): Promise<void>;
  /** What is asked for, in no particular order. */
  pending(): Promise<readonly RotationRequest[]>;
  done(request: RotationRequest): Promise<void>;
  /** Takes what a watch tells: the key is gone. */
  removed(key: string): void;
}

/** None of the processes has taken what only the leader does. */
export class NoLeaderError extends Error {
  readonly code = 'SP_IDENTITY_NO_LEADER';
  constructor() {
    super('no process has replaced the keys in time: none leads, or the storage is slow');
  }
}

/** A leader that has died is succeeded well within it. */
const patience = 30_000;

/** Requests to replace all keys now: a record each under the prefix, gone when the leader has carried it out. */
export function createRotationRequests(store: Store, prefix: string): RotationRequests {
  const waiting = new Map<string, () => void>();

  /** Who is too late to withdraw it is told by the watch that it was carried out. */
  async function withdraw(key: string, modRevision: number): Promise<void> {
    const resolve = waiting.get(key);
    waiting.delete(key);
    const { committed } = await store.txn([{ key, modRevision }], [{ type: 'delete', key }]);
    if (committed) throw new NoLeaderError();
    resolve?.();
  }

  return {
    async ask(revoke, by) {
      const id = randomUUID();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const key = prefix + id;
      waiting.set(key, resolve);
      const { revision } = await store.txn(
        [],
        [{ type: 'put', key, value: JSON.stringify({ id, revoke, by }) }],
      );
      const late = setTimeout(() => void withdraw(key, revision).catch(reject), patience).unref();
      await promise.finally(() => clearTimeout(late));
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
