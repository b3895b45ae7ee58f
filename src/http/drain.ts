import type { Server } from 'node:http';

/** Requests that are still running after this long are cut. */
const DRAIN_MS = 10_000;

/** A client that keeps asking on its open connection must not keep the server from stopping. */
const LOOK_MS = 50;

/** No new connections; idle ones end now, busy ones when their request is answered, all of them after ten seconds. */
export function drain(server: Server): Promise<void> {
  return new Promise((done) => {
    const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    const look = setInterval(() => server.closeIdleConnections(), LOOK_MS);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(look);
      done();
    });
    server.closeIdleConnections();
  });
}
