import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { createHttpTarget } from '../../../src/gateway/index.ts';
import { listenOn, serveGateway } from '../support/gateway.ts';

export const EXEC = '/api/v1/namespaces/default/pods/web/exec?command=sh';
export const WEBSOCKET = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];
export const SWITCHING =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: v5.channel.k8s.io\r\nSet-Cookie: a=b\r\n\r\n';

/** An upstream that keeps the bytes of every connection and does with it what the test says. */
export async function upstream(act: (socket: Socket, head: string) => void) {
  const seen = { connections: 0, bytes: '', sockets: [] as Socket[] };
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    seen.connections += 1;
    seen.sockets.push(socket);
    let head = '';
    let asked = false;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      seen.bytes += chunk.toString('latin1');
      if (asked) return;
      head += chunk.toString('latin1');
      if (head.includes('\r\n\r\n')) {
        asked = true;
        act(socket, head);
      }
    });
  });
  const port = await listenOn(server as never);
  onTestFinished(() => {
    for (const socket of seen.sockets) socket.destroy();
    server.close();
  });
  return { port, seen };
}

export async function gatewayTo(port: number, options: Parameters<typeof serveGateway>[0] = {}) {
  const target = createHttpTarget({
    server: `http://127.0.0.1:${port}`,
    token: () => 'own-credential',
    log: { warn() {} },
  });
  onTestFinished(() => target.close());
  const gateway = await serveGateway({ target, ...options });
  onTestFinished(gateway.close);
  return gateway;
}

export const raw = (lines: readonly string[], path = EXEC, method = 'GET') =>
  `${[`${method} ${path} HTTP/1.1`, 'Host: x', ...lines].join('\r\n')}\r\n\r\n`;

/** Opens a connection, sends bytes, and collects what comes. */
export async function client(port: number, bytes: string) {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  let text = '';
  const waiting: (() => void)[] = [];
  socket.on('error', () => {});
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
    for (const wake of waiting.splice(0)) wake();
  });
  socket.write(Buffer.from(bytes, 'latin1'));
  return {
    socket,
    text: () => text,
    async until(pattern: RegExp): Promise<void> {
      while (!pattern.test(text)) await new Promise<void>((wake) => waiting.push(wake));
    },
  };
}

export async function untilTrue(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((next) => setImmediate(next));
}
