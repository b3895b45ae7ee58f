import { requireTimeToLive } from '../check-request.ts';
import type { Lease } from '../store.ts';
import type { EtcdConnection } from './etcd-connection.ts';
import { EtcdRefusal, isNoLease } from './etcd-failure.ts';
import { type Answer, fromBytes, type LeaseAnswer } from './etcd-messages.ts';
import type { EtcdWatches } from './etcd-watches.ts';

export interface EtcdLeasesDeps {
  readonly connection: EtcdConnection;
  readonly namespace: string;
  readonly watches: Pick<EtcdWatches, 'told'>;
}

/** A stream of one message. */
interface KeptAlive extends Answer {
  readonly result?: LeaseAnswer;
  readonly error?: { readonly message?: string; readonly grpc_code?: number };
}

interface LeasedKeys extends LeaseAnswer {
  readonly keys?: readonly string[];
}

/** @returns grants leases of etcd, which counts in whole seconds: one ends later than asked for, never earlier */
export function createEtcdLeases({ connection, namespace, watches }: EtcdLeasesDeps) {
  async function firstKey(ID: string): Promise<string | undefined> {
    const { keys } = await connection.read<LeasedKeys>('/v3/lease/timetolive', { ID, keys: true });
    return keys?.[0] === undefined ? undefined : fromBytes(keys[0]).slice(namespace.length);
  }

  async function keepAlive(ID: string): Promise<boolean> {
    const { result, error } = await connection.read<KeptAlive>('/v3/lease/keepalive', { ID });
    if (error !== undefined) throw new EtcdRefusal(error.grpc_code ?? 0, error.message ?? 'no answer');
    return Number(result?.TTL ?? 0) > 0;
  }

  async function revoke(ID: string): Promise<void> {
    const key = await firstKey(ID);
    const isDeletion = watches.told((events) =>
      events.some((event) => event.type === 'delete' && event.previous.key === key),
    );
    await connection.write('/v3/lease/revoke', { ID }).catch((error: unknown) => {
      if (!isNoLease(error)) throw error;
    });
    if (key !== undefined) await isDeletion;
  }

  return {
    async grant(ttlMs: number): Promise<Lease> {
      requireTimeToLive(ttlMs);
      const TTL = String(Math.ceil(ttlMs / 1000));
      const { ID = '' } = await connection.write<LeaseAnswer>('/v3/lease/grant', { TTL });
      return { id: ID, keepAlive: () => keepAlive(ID), revoke: () => revoke(ID) };
    },
  };
}
