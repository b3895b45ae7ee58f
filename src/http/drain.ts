import type { Server, Socket } from 'node:net';

/** Requests that are still running after this long are cut. */
const DRAIN_MS = 10_000;

/** A client that keeps asking on its open connection must not keep the server from stopping. */
const LOOK_MS = 50;

/** A server of node:http, node:https or node:http2; the types of the last one lack both. */
export interface DrainableServer extends Server {
  closeIdleConnections?(): void;
  closeAllConnections?(): void;
}

/** Every open connection of a server, whatever protocol it speaks by now. */
export interface OpenConnections {
  cut(): void;
}

export function followConnections(server: Server): OpenConnections {
  const open = new Set<Socket>();
  const add = (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  };
  server.on('connection', add);
  return {
    cut() {
      for (const socket of open) socket.destroy();
    },
  };
}

/**
 * No new connections; idle ones end now, busy ones when their request is answered, all of them after ten seconds.
 * @param connections needed for a server that can't cut them itself, and for upgraded ones, which no server knows any more
 */
export function drain(server: DrainableServer, connections?: OpenConnections): Promise<void> {
  return new Promise((done) => {
    const cut = setTimeout(() => {
      connections?.cut();
      server.closeAllConnections?.();
    }, DRAIN_MS);
    const look = setInterval(() => server.closeIdleConnections?.(), LOOK_MS);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(look);
      done();
    });
    server.closeIdleConnections?.();
  });
}
