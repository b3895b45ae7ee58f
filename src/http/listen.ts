import type { Server } from 'node:net';

export interface ListenTarget {
  readonly host: string;
  readonly port: number;
  /** What the address is for, and where it is configured; for the error text. */
  readonly purpose: string;
  readonly setting: string;
}

/** An address that can't be listened on. The message says who should free or change what. */
export class ListenError extends Error {
  readonly code = 'SP_LISTEN';
}

/**
 * Starts listening.
 * @returns the port (of use when the configured one is 0)
 * @throws ListenError when the address is taken, not allowed or not this machine's
 */
export function listen(server: Server, target: ListenTarget): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(new ListenError(explain(error, target)));
    server.once('error', fail);
    server.listen(target.port, target.host === '' ? undefined : target.host, () => {
      server.off('error', fail);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : target.port);
    });
  });
}

function explain(error: NodeJS.ErrnoException, { host, port, purpose, setting }: ListenTarget): string {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const change = `or change ${setting}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return `${purpose} can't listen on ${address}: another program does. Stop it (ss -ltnp 'sport = :${port}' names it) ${change}`;
    case 'EACCES':
      return `${purpose} can't listen on ${address}: no permission. Use a port above 1023, grant CAP_NET_BIND_SERVICE, ${change}`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${purpose} can't listen on ${address}: this machine has no such address. Use one of its own, such as 127.0.0.1, ${change}`;
    default:
      return `${purpose} can't listen on ${address}: ${error.message}; see ${setting}`;
  }
}
