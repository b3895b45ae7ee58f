import { openWorkQueue, type Store, type WorkQueue, WorkQueueFullError } from '../../store/index.ts';
import type { ClientConfigs } from '../clients/client-configs.ts';
import type { Log } from '../identity-deps.ts';
import type { EndedSession } from '../sessions/session-end.ts';

export interface LogoutQueue {
  /** What waits to be delivered: an EndedSession each, as JSON. */
  readonly items: WorkQueue;
  /** Where a client is told; undefined for one that does not want to know. */
  addressOf(clientId: string): string | undefined;
  /** Has the client told, if it wants to know. It will be, also when this process ends now. */
  tell(ended: EndedSession): Promise<void>;
}

export interface LogoutQueueDeps {
  readonly store: Store;
  readonly clients: Pick<ClientConfigs, 'of'>;
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
  const addressOf = (clientId: string) => clients.of(clientId)?.backchannelLogoutURI;
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
    addressOf,
    async tell(ended) {
      if (addressOf(ended.clientId) === undefined) return;
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
