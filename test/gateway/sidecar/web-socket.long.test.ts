import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { closeServer, listenOn, sendRaw } from '../support/gateway.ts';
import { serveService } from '../support/services.ts';

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const HANDSHAKE = {
  Host: 'a',
  Authorization: 'Bearer good',
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

function handshake(changes: Readonly<Record<string, string | undefined>> = {}, method = 'GET'): string {
  const lines = Object.entries({ ...HANDSHAKE, ...changes }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  return [`${method} /chat HTTP/1.1`, ...lines, '', ''].join('\r\n');
}

/** A service that switches protocols and sends every byte back. */
async function echo(setup: Parameters<typeof serveService>[2] = {}) {
  const handshakes: IncomingMessage[] = [];
  const sockets: Duplex[] = [];
  const upstream = createServer((_, response) => response.writeHead(418).end('no'));
  upstream.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    handshakes.push(request);
    sockets.push(socket);
    socket.on('error', () => {});
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade, x-hop\r\nUpgrade: websocket\r\nX-Hop: 1\r\nSec-WebSocket-Protocol: chat\r\n\r\n',
    );
    socket.pipe(socket);
  });
  const port = await listenOn(upstream);
  const service = await serveService(`http://127.0.0.1:${port}`, {}, setup);
  closers.push(() => closeServer(upstream), service.close);
  return { ...service, handshakes, sockets };
}

/** A client whose answer so far can be waited for. */
function open(port: number, bytes: string) {
  const socket: Socket = connect(port, '127.0.0.1', () => socket.write(bytes));
  closers.push(async () => void socket.destroy());
  let text = '';
  socket.setEncoding('latin1').on('data', (more: string) => {
    text += more;
  });
  socket.on('error', () => {});
  const until = async (pattern: RegExp) => {
    while (!pattern.test(text)) await once(socket, 'data');
    return text;
  };
  return { socket, until };
}

describe('a WebSocket to a service', () => {
  it('is decided on like a request, and then carried byte for byte', async () => {
    const { port, asked, handshakes } = await echo();
    const token = 'base64url.bearer.authorization.k8s.io.Z29vZA';
    const client = open(
      port,
      handshake({
        'X-Remote-User': 'root',
        'Sec-WebSocket-Protocol': `${token}, chat`,
        'Sec-WebSocket-Extensions': 'permessage-deflate',
      }),
    );
    const head = await client.until(/\r\n\r\n/);
    expect(head).toMatch(
      /^HTTP\/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n/,
    );
    expect(head).toMatch(/sec-websocket-protocol: chat\r\n/);
    expect(head).not.toMatch(/x-hop/i);
    client.socket.write('\x00\xff hello');
    await client.until(/ hello$/);
    expect(asked).toMatchObject([{ verb: 'get', path: '/chat' }]);
    expect(handshakes[0]?.headers).toMatchObject({
      'x-remote-user': 'jane',
      'sec-websocket-protocol': 'chat',
      'sec-websocket-version': '13',
      upgrade: 'websocket',
    });
    expect(handshakes[0]?.headers.authorization).toBeUndefined();
    expect(handshakes[0]?.headers['sec-websocket-extensions']).toBeUndefined();
  });

  it.each([
    ['no token', 401, handshake({ Authorization: undefined })],
    ['another method', 400, handshake({}, 'POST')],
    ['another version', 400, handshake({ 'Sec-WebSocket-Version': '8' })],
    ['a malformed key', 400, handshake({ 'Sec-WebSocket-Key': 'x' })],
    ['a body', 400, handshake({ 'Content-Length': '5' })],
    ['two hosts', 400, handshake({ host: 'b' })],
  ])('with %s is a %i, and no byte goes on', async (_, status, bytes) => {
    const { port, handshakes } = await echo();
    expect(await sendRaw(port, bytes)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(handshakes).toEqual([]);
  });

  it('that is not allowed is a 403, and no byte goes on', async () => {
    const { port, handshakes } = await echo({ allows: () => false });
    expect(await sendRaw(port, handshake())).toMatch(/^HTTP\/1.1 403 [\s\S]*cannot get path/);
    expect(handshakes).toEqual([]);
  });

  // CVE-2018-1002105
  it('that the service refuses leaves no connection behind', async () => {
    const upstream = createServer((_, response) => response.writeHead(418, { 'X-App': '1' }).end('no'));
    const service = await serveService(`http://127.0.0.1:${await listenOn(upstream)}`);
    closers.push(() => closeServer(upstream), service.close);
    const answer = await sendRaw(service.port, handshake());
    expect(answer).toMatch(/^HTTP\/1.1 418 [\s\S]*x-app: 1[\s\S]*no/);
    const left = await new Promise((done) => upstream.getConnections((_, count) => done(count)));
    expect(left).toBe(0);
  });

  it('to a service that is down is a 503', async () => {
    const service = await serveService('http://127.0.0.1:1');
    closers.push(service.close);
    expect(await sendRaw(service.port, handshake())).toMatch(/^HTTP\/1.1 503 /);
  });

  it('ends with the right to it', async () => {
    let right = true;
    const { port, sockets } = await echo({ allows: () => right });
    const client = open(port, handshake());
    await client.until(/\r\n\r\n/);
    right = false;
    await once(client.socket, 'close');
    const [upstream] = sockets;
    if (upstream?.destroyed === false) await once(upstream, 'close');
    expect(upstream?.destroyed).toBe(true);
  });

  it('ends with the session that opened it', async () => {
    let over = false;
    const user = { username: 'jane', groups: [] };
    const { port } = await echo({
      authenticate: () => ({ outcome: 'authenticated', user, expiresAt: 2_000, hasEnded: () => over }),
    });
    const client = open(port, handshake());
    await client.until(/\r\n\r\n/);
    over = true;
    await once(client.socket, 'close');
    expect(client.socket.destroyed).toBe(true);
  });

  it('is told to the other side when either ends, after the last byte', async () => {
    const { port, sockets } = await echo();
    const first = open(port, handshake());
    await first.until(/\r\n\r\n/);
    first.socket.end('last words');
    await first.until(/last words$/);
    await once(first.socket, 'close');
    const second = open(port, handshake());
    await second.until(/\r\n\r\n/);
    sockets[1]?.end('bye');
    await second.until(/bye$/);
    await once(second.socket, 'close');
    expect(sockets[0]?.destroyed).toBe(true);
  });

  it('never begins while an answer on the same connection is not out', async () => {
    const { port, handshakes } = await echo({ authenticate: () => new Promise(() => {}) });
    expect(await sendRaw(port, `GET / HTTP/1.1\r\nHost: a\r\n\r\n${handshake()}`)).toBe('');
    expect(handshakes).toEqual([]);
  });

  it('does not outlive the gateway', async () => {
    const { port, close } = await echo();
    const client = open(port, handshake());
    await client.until(/\r\n\r\n/);
    const closed = once(client.socket, 'close');
    await close();
    await closed;
    closers.splice(1, 1);
  });
});
