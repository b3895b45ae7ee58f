import { createServer } from 'node:net';

/** Below the ports that systems take for outgoing connections, so that none of them gets in between; each worker has its own. */
const FIRST = 20_000;
const SHARE = 3_000;
const worker = Number(process.env['VITEST_POOL_ID'] ?? 0) % 4;
let next = process.pid * 17;

/** A loopback port that nobody listens on now, and that nobody else is told of. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < SHARE; tries++) {
    const port = FIRST + worker * SHARE + (next++ % SHARE);
    if (await isFree(port)) return port;
  }
  throw new Error('no port is free');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });
}
