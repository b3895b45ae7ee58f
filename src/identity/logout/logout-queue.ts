import { openWorkQueue, type Store, type WorkQueue, WorkQueueFullError } from '../../store/index.ts';
import type { ClientConfig, Log } from '../identity-deps.ts';
import type { EndedSession } from '../sessions/session-end.ts';

export interface LogoutQueue {
  /** What waits to be delivered: an EndedSession each, as JSON. */
  readonly items: WorkQueue;
  /** Where each client that wants to know is told, by its id. */
  readonly addresses: ReadonlyMap<string, string>;
  /** From now on these clients count. */
  replaceClients(clients: readonly ClientConfig[]): void;
  /** Has the client told, if it wants to know. It will be, also when this process ends now. */
  tell(ended: EndedSession): Promise<void>;
}

export interface LogoutQueueDeps {
  readonly store: Store;
  readonly clients: readonly ClientConfig[];
  readonly log: Log;
  now(): number;
}

/** About a day; the session of a client that was away for longer is most likely over by itself. */
export const deliveryAttempts = 34;

const retry = { firstMs: 1000, mostMs: 60 * 60_000 };
const bounds = { maxItems: 100_000 };
const deadLetter = { afterAttempts: deliveryAttempts, keep: 1000 };

/** Opens the queue of sign-outs that clients have to be told of. It outlives the process. */
export async function openLogoutQueue({ store, clients, log, now }: LogoutQueueDeps): Promise<LogoutQueue> {
  const addresses = new Map<string, string>();
  function replaceClients(next: readonly ClientConfig[]): void {
    addresses.clear();
    for (const { id, backchannelLogoutURI } of next) {
      if (backchannelLogoutURI !== undefined) addresses.set(id, backchannelLogoutURI);
    }
  }
  replaceClients(clients);
  const items = await openWorkQueue(store, {
    prefix: 'identity/logout/',
    now,
    retry,
    bounds,
    deadLetter,
    onError: (err) => log.error({ err }, 'the queue of sign-outs could not be followed'),
  });
  return {
    items,
    addresses,
    replaceClients,
    async tell(ended) {
      if (!addresses.has(ended.clientId)) return;
      try {
        await items.add([JSON.stringify(ended)]);
      } catch (error) {
        // The session ends all the same: a client that cannot be told must not keep it alive.
        if (!(error instanceof WorkQueueFullError)) throw error;
        log.error({ err: error, client_id: ended.clientId }, 'a client is not told of a sign-out');
      }
    },
  };
}
