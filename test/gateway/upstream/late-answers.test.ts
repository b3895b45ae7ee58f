import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createHttpTarget } from '../../../src/gateway/index.ts';
import { serveGateway } from '../support/gateway.ts';

const answerWith = (body: string) =>
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const POISON = answerWith('{"kind":"SecretList"}');

/** An API server that answers each request with its path, and says more when the test wants it to. */
async function apiServer() {
  const connections: Socket[] = [];
  const server = createServer((socket) => {
    connections.push(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      const [, path = ''] = chunk.toString().split(' ');
      socket.write(answerWith(JSON.stringify({ path })));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const target = createHttpTarget({
    server: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    token: () => 'own-credential',
    concurrency: 1,
    log: { warn() {} },
  });
  const { url, close } = await serveGateway({ target });
  onTestFinished(async () => {
    await close();
    await target.close();
    server.close();
  });
  const ask = async (path: string) =>
    ((await (await fetch(`${url}${path}`)).json()) as { path: string }).path;
  return { connections, ask };
}

// HTTP/1.1 has no names for answers: the next one on a connection is the next request's.
describe('what an API server says without having been asked', () => {
  it.each([
    ['a second answer', POISON],
    ['the begin of one', 'HTTP/1.1 200 O'],
    ['an interim answer', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
    ['no HTTP', '{"kind":"SecretList"}'],
  ])('ends its connection: %s', async (_what, text) => {
    const { connections, ask } = await apiServer();
    expect(await ask('/api/v1/pods')).toBe('/api/v1/pods');
    const closed = once(connections[0] as Socket, 'close');
    connections[0]?.write(text);
    await closed;
    expect(await ask('/api/v1/nodes')).toBe('/api/v1/nodes');
    expect(connections).toHaveLength(2);
  });

  it('is not taken for an answer to what is asked in the same moment', async () => {
    const { connections, ask } = await apiServer();
    expect(await ask('/api/v1/pods')).toBe('/api/v1/pods');
    // Both are on their way before the gateway's process looks at either.
    connections[0]?.write(POISON);
    expect(await ask('/api/v1/nodes')).toBe('/api/v1/nodes');
    expect(connections).toHaveLength(2);
  });
});
