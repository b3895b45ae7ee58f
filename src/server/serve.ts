import type { Server } from 'node:net';
import type { Config, ListenAddress } from '../config/index.ts';
import { listen } from '../http/index.ts';
import { StartError } from '../start-error.ts';

/** Who is slower than this holds a connection and does nothing with it. Milliseconds. */
export const PATIENCE = { headersTimeout: 10_000, requestTimeout: 60_000, handshakeTimeout: 10_000 } as const;

/**
 * Listens.
 * @throws StartError that says who should free or change what
 */
export async function serve<S extends Server>(
  server: S,
  { host, port }: ListenAddress,
  purpose: string,
  setting: string,
  config: Config,
): Promise<S> {
  try {
    await listen(server, { host, port, purpose, setting: `${setting} in ${config.file}` });
  } catch (error) {
    throw new StartError((error as Error).message);
  }
  return server;
}

/** As it stands in a URL. */
export function hostPort({ host, port }: ListenAddress): string {
  return `${host.includes(':') ? `[${host}]` : host || '0.0.0.0'}:${port}`;
}
