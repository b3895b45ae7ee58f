import type { ClientConfig } from '../identity-deps.ts';

/** Clients of which something is said while the server runs. */
export interface StoredConfigs {
  /** Another map whenever one of them has changed; what has not is the same object. */
  configs(): ReadonlyMap<string, ClientConfig>;
  /** Looks in the store, where another process may just have written. */
  look(id: string): Promise<unknown>;
}

/**
 * What operators say of their clients, in the configuration file or while the server runs. Of those that have registered
 * themselves nobody says anything. Whoever needs to know asks anew each time.
 */
export interface ClientConfigs {
  of(id: string): ClientConfig | undefined;
  /** Another array whenever there is something else to say. */
  all(): readonly ClientConfig[];
  /** Has these clients be what they are in the store by now. One that asks has just been looked at. */
  freshen(ids: readonly string[]): Promise<void>;
  /** From now on the file says this. */
  replace(configured: readonly ClientConfig[]): void;
  /** From now on these count, too; where the file has the id, the file does. */
  addStored(stored: StoredConfigs): void;
}

const nothing: ReadonlyMap<string, ClientConfig> = new Map();
const none: StoredConfigs = { configs: () => nothing, look: async () => undefined };

export function createClientConfigs(first: readonly ClientConfig[]): ClientConfigs {
  let configured = byId(first);
  let stored = none;
  let seen: ReadonlyMap<string, ClientConfig> | undefined;
  let all: readonly ClientConfig[] = [];
  return {
    of: (id) => configured.get(id) ?? stored.configs().get(id),
    all() {
      const now = stored.configs();
      if (now !== seen) all = [...new Map([...now, ...configured]).values()];
      seen = now;
      return all;
    },
    async freshen(ids) {
      const others = ids.filter((id) => !configured.has(id));
      if (others.length > 0) await Promise.all(others.map((id) => stored.look(id)));
    },
    replace(next) {
      configured = byId(next);
      seen = undefined;
    },
    addStored(more) {
      stored = more;
      seen = undefined;
    },
  };
}

const byId = (clients: readonly ClientConfig[]) => new Map(clients.map((client) => [client.id, client]));
