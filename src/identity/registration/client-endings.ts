import type { Collected, Store } from '../../store/index.ts';
import type { Actor } from '../audit/index.ts';
import type { Ending } from '../sessions/ending.ts';

/**
 * Ends what people have going with clients that are removed. The intention is written before anything is, and is gone when it has
 * been carried out: a process that is killed in between leaves it to the housekeeping of another.
 */
export interface ClientEndings {
  /** Removes the client, and ends what was given to it. */
  complete(clientId: string, by: Actor): Promise<void>;
  /** Whether its removal was begun and is not complete. */
  isBegun(clientId: string): Promise<boolean>;
  /** Ends what was given to clients that went by themselves. */
  endOf(clientIds: readonly string[]): Promise<void>;
  /** Carries out what was intended and not completed, for so many clients. */
  collect(limit?: number): Promise<Collected>;
}

export interface ClientEndingsDeps {
  readonly store: Store;
  remove(clientId: string): Promise<unknown>;
  /** Ends every grant of these clients; harmless when repeated. */
  endForEverybody(clients: ReadonlyMap<string, Ending>): Promise<unknown>;
}

const ENDINGS = 'identity/client-endings/';

export function createClientEndings({ store, remove, endForEverybody }: ClientEndingsDeps): ClientEndings {
  let walking: Promise<unknown> = Promise.resolve();
  let next: { readonly endings: Map<string, Ending>; readonly done: Promise<unknown> } | undefined;

  function newWalk(): NonNullable<typeof next> {
    const endings = new Map<string, Ending>();
    const done = walking.then(() => {
      next = undefined;
      return endForEverybody(endings);
    });
    walking = done.catch(() => undefined);
    return { endings, done };
  }

  /** All sessions are looked through, once at a time: whoever comes meanwhile shares the next look, however many they are. */
  async function endSessions(clientIds: readonly string[], by?: Actor): Promise<void> {
    if (clientIds.length === 0) return;
    next ??= newWalk();
    for (const clientId of clientIds) next.endings.set(clientId, { cause: 'client', by });
    await next.done;
  }

  async function carryOut(clientId: string, by?: Actor): Promise<void> {
    await remove(clientId);
    await endSessions([clientId], by);
    await store.txn([], [{ type: 'delete', key: ENDINGS + clientId }]);
  }

  return {
    async complete(clientId, by) {
      await store.txn([], [{ type: 'put', key: ENDINGS + clientId, value: '' }]);
      await carryOut(clientId, by);
    },
    isBegun: async (clientId) => (await store.get(ENDINGS + clientId)) !== undefined,
    endOf: (clientIds) => endSessions(clientIds),
    async collect(limit) {
      const { entries } = await store.list(ENDINGS, limit === undefined ? {} : { limit });
      await Promise.all(entries.map(({ key }) => carryOut(key.slice(ENDINGS.length))));
      return { seen: entries.length, removed: entries.length };
    },
  };
}
