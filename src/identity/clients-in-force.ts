import type { StoreWatch } from '../store/index.ts';
import type { AccountWatchHandlers } from './accounts/account-watch.ts';
import type { Actor } from './audit/index.ts';
import { type ClientView, clientViews } from './clients/client-view.ts';
import type { ClientConfig } from './identity-deps.ts';
import { ownPagesClientId } from './interaction/own-pages.ts';
import type { OpenRegistration } from './registration/open-registration.ts';

/** The clients that count: those that are configured, `kubectl`, and those of the store. */
export interface ClientsInForce {
  has(id: string): boolean;
  list(): readonly ClientView[];
  /** One as it is now, whatever another process has just made of it. */
  find(id: string): Promise<ClientView | undefined>;
  /** All of them, with those that the store has now, or as of a revision; and the revision that was read. */
  read(revision?: number): Promise<{ readonly clients: readonly ClientView[]; readonly revision: number }>;
  /** Tells every change of the store's after a revision; of those in the file, none. */
  watch(after: number, handlers: AccountWatchHandlers<ClientView>): StoreWatch;
  /** Whether it is not one of the store's. */
  isConfigured(id: string): boolean;
  /** False when none of the store's has this id. */
  remove(id: string, by: Actor): Promise<boolean>;
  /** From now on these are configured. */
  replace(configured: readonly ClientConfig[]): void;
}

export function createClientsInForce(
  configured: readonly ClientConfig[],
  registered: Pick<OpenRegistration, 'has' | 'views' | 'readViews' | 'view' | 'watch' | 'remove'>,
): ClientsInForce {
  let views = clientViews(configured);
  let ids = new Set(views.map(({ id }) => id));
  return {
    has: (id) => ids.has(id) || registered.has(id),
    // One that was made before the file had its id: the file's counts.
    list: () => [...views, ...registered.views().filter(({ id }) => !ids.has(id))],
    find: async (id) => views.find((view) => view.id === id) ?? registered.view(id),
    async read(at) {
      const { clients: stored, revision } = await registered.readViews(at);
      return { clients: [...views, ...stored.filter(({ id }) => !ids.has(id))], revision };
    },
    watch: registered.watch,
    isConfigured: (id) => ids.has(id) || id === ownPagesClientId,
    remove: registered.remove,
    replace(next) {
      views = clientViews(next);
      ids = new Set(views.map(({ id }) => id));
    },
  };
}
