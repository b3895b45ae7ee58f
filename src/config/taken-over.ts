import type { Config } from './config.ts';

/**
 * What is in force when a running server has taken over another configuration: that one's clients, static accounts,
 * connectors, lifetimes, looks and ways to get tokens, and everything else as the server was started with.
 */
export function takenOver(started: Config, next: Config): Config {
  const { clients, passwords, enablePasswordDB, connectors, expiry, frontend } = next;
  const { grantTypes, passwordConnector, dynamicClientRegistration } = next.oauth2;
  const oauth2 = { ...started.oauth2, grantTypes, passwordConnector, dynamicClientRegistration };
  return { ...started, clients, passwords, enablePasswordDB, connectors, expiry, frontend, oauth2 };
}
