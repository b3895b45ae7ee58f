import type { Config } from './config.ts';

/**
 * What is in force when a running server has taken over another configuration: that one's clients, static accounts,
 * lifetimes and looks, and everything else as the server was started with.
 */
export function takenOver(started: Config, next: Config): Config {
  const { clients, passwords, expiry, frontend } = next;
  return { ...started, clients, passwords, expiry, frontend };
}
