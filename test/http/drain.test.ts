import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { drain, followConnections } from '../../src/http/index.ts';

afterEach(() => void vi.useRealTimers());

it('leaves a tunnel ten seconds to come to its end, and cuts it then', async () => {
  const server = createServer();
  server.on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
    socket.on('error', () => {}).pipe(socket);
  });
  const connections = followConnections(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const open = async () => {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
    await once(socket, 'data');
    return socket;
  };
  const [brief, long] = [await open(), await open()];
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] });
  let isDrained = false;
  const drained = drain(server, connections).then(() => {
    isDrained = true;
  });

  // Both still work, and one of them comes to its end.
  brief.end('last words');
  const [heard] = await once(brief, 'data');
  expect(String(heard)).toBe('last words');
  await once(brief, 'close');
  await vi.advanceTimersByTimeAsync(9_999);
  long.write('still here');
  expect(String((await once(long, 'data'))[0])).toBe('still here');
  expect(isDrained).toBe(false);

  const cut = once(long, 'close');
  await vi.advanceTimersByTimeAsync(1);
  await cut;
  await drained;
});
