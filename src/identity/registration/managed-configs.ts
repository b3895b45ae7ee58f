import type { ClientConfig } from '../identity-deps.ts';
import { configOf, type RegisteredClient } from './registered-client.ts';

/** What operators say of the clients that they have made, as this process knows them. */
export interface ManagedConfigs {
  put(client: RegisteredClient): void;
  remove(id: string): void;
  /** Another map whenever one of them has changed; what has not is the same object. */
  all(): ReadonlyMap<string, ClientConfig>;
  /** Tells of each of them, now and whenever one is made or changed. */
  follow(onPut: (client: ClientConfig) => void): void;
}

export function createManagedConfigs(): ManagedConfigs {
  const followers: ((client: ClientConfig) => void)[] = [];
  const configs = new Map<string, ClientConfig>();
  let all: ReadonlyMap<string, ClientConfig> | undefined;
  return {
    put(client) {
      if (client.managed !== true) return;
      const config = configOf(client);
      configs.set(client.id, config);
      all = undefined;
      for (const onPut of followers) onPut(config);
    },
    remove(id) {
      if (configs.delete(id)) all = undefined;
    },
    all() {
      all ??= new Map(configs);
      return all;
    },
    follow(onPut) {
      followers.push(onPut);
      for (const config of configs.values()) onPut(config);
    },
  };
}
