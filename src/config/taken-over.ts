import type { Config } from './config.ts';

/**
 * What is in force when a running server has taken over another configuration: that one's clients and static accounts,
 * and everything else as the server was started with.
 */
export function takenOver(started: Config, next: Config): Config {
  return { ...started, clients: next.clients, passwords: next.passwords };
}
