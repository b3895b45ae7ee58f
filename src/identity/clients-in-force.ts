import type { Actor } from './audit/index.ts';
import { type ClientView, clientViews } from './clients/client-view.ts';
import type { ClientConfig } from './identity-deps.ts';
import type { OpenRegistration } from './registration/open-registration.ts';

/** The clients that count: those that are configured, `kubectl`, and those that have registered themselves. */
export interface ClientsInForce {
  has(id: string): boolean;
  list(): readonly ClientView[];
  /** False when none that has registered itself has this id. */
  remove(id: string, by: Actor): Promise<boolean>;
  /** From now on these are configured. */
  replace(configured: readonly ClientConfig[]): void;
}

export function createClientsInForce(
  configured: readonly ClientConfig[],
  registered: Pick<OpenRegistration, 'has' | 'views' | 'remove'>,
): ClientsInForce {
  let views = clientViews(configured);
  let ids = new Set(views.map(({ id }) => id));
  return {
    has: (id) => ids.has(id) || registered.has(id),
    list: () => [...views, ...registered.views()],
    remove: registered.remove,
    replace(next) {
      views = clientViews(next);
      ids = new Set(views.map(({ id }) => id));
    },
  };
}
