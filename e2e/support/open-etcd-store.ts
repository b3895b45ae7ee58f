import { randomUUID } from 'node:crypto';
import { fetch } from 'undici';
import { openEtcdStore, type Store } from '../../src/store/index.ts';
import type { Replicas } from '../../test/contract/cluster-watch.ts';
import type { OpenStore } from '../../test/contract/store.ts';
import type { Etcd } from './etcd.ts';

/** Longer than a test takes: leases end when the clock of the test says so. */
const LONG_MS = 600_000;

/**
 * Stores in one etcd, each in a namespace of its own. Their leases are etcd's, but ended by a clock that the tests move:
 * etcd's own moves by whole seconds.
 */
export function storesIn(etcd: () => Etcd): OpenStore {
  return async () => {
    const namespace = `${randomUUID()}/`;
    const { endpoints } = etcd();
    const open = () => openEtcdStore({ endpoints, namespace });
    /** When each lease is due. */
    const deadlines = new Map<string, number>();
    let now = 0;
    let real = await open();
    let store = onTestClock(real);

    function onTestClock(inner: Store): Store {
      return {
        ...inner,
        async lease(ttlMs) {
          const lease = await inner.lease(ttlMs > 0 && Number.isSafeInteger(ttlMs) ? ttlMs + LONG_MS : ttlMs);
          deadlines.set(lease.id, now + ttlMs);
          return {
            ...lease,
            keepAlive() {
              if (deadlines.has(lease.id)) deadlines.set(lease.id, now + ttlMs);
              return lease.keepAlive();
            },
          };
        },
      };
    }

    async function endLeases(): Promise<void> {
      for (const [id, deadline] of deadlines) {
        if (deadline > now) continue;
        deadlines.delete(id);
        await expire(id);
      }
    }

    /** As etcd does it by itself; the store has heard of it when this resolves. */
    async function expire(ID: string): Promise<void> {
      const { keys } = await ask<{ keys?: string[] }>('timetolive', { ID, keys: true });
      const heard = Promise.withResolvers<void>();
      const watcher = real.watch('', await real.revision(), {
        onEvents: (events) => events.some(({ type }) => type === 'delete') && heard.resolve(),
        onError: heard.reject,
      });
      await ask('revoke', { ID });
      if (keys !== undefined) await heard.promise;
      watcher.close();
    }

    async function ask<T>(what: string, body: object): Promise<T> {
      const answer = await fetch(`${endpoints[0]}/v3/lease/${what}`, {
        method: 'POST',
        body: JSON.stringify(body),
      });
      return (await answer.json()) as T;
    }

    return {
      get store() {
        return store;
      },
      async advance(ms) {
        now += ms;
        await endLeases();
      },
      async reopen(closedForMs = 0) {
        await real.close();
        now += closedForMs;
        real = await open();
        store = onTestClock(real);
        await endLeases();
      },
      dispose: () => real.close(),
    };
  };
}

/** One store in etcd, as two processes see it. */
export function replicasIn(etcd: () => Etcd): () => Promise<Replicas> {
  return async () => {
    const options = { endpoints: etcd().endpoints, namespace: `${randomUUID()}/` };
    const stores = await Promise.all([openEtcdStore(options), openEtcdStore(options)]);
    return {
      stores,
      dispose: async () => void (await Promise.all(stores.map((store) => store.close()))),
    };
  };
}
