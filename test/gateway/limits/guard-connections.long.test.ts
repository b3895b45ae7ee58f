import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import {
  connect as connectHttp2,
  createServer as createHttp2Server,
  type ServerHttp2Stream,
} from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createLimitCounts,
  type GatewayLimits,
  guardConnections,
  loadServingCertificate,
  serverOptions,
} from '../../../src/gateway/index.ts';
import { cutStalledReaders } from '../../../src/gateway/limits/cut-stalled-readers.ts';
import { cutStalledStream } from '../../../src/gateway/limits/cut-stalled-stream.ts';
import {
  closeSessionAfterAnswer,
  createSecureHttpServer,
  followConnections,
} from '../../../src/http/index.ts';
import { closeServer, listenOn, sendRaw, wideLimits } from '../support/gateway.ts';
import { until } from './support.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(
  changes: Partial<GatewayLimits>,
  handler: RequestListener = (_, response) => response.end('ok'),
) {
  const limits = { ...wideLimits, ...changes };
  const counts = createLimitCounts({ debug() {} });
  const server = createServer(serverOptions(limits), handler);
  guardConnections(server, limits, counts);
  const port = await listenOn(server);
  closers.push(() => closeServer(server));
  return { port, counts };
}

const get = (headers: string) => `GET / HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;

/** All that comes on a connection until it ends. */
async function rest(socket: Duplex): Promise<string> {
  let text = '';
  socket.setEncoding('latin1').on('data', (part: string) => {
    text += part;
  });
  socket.on('error', () => {});
  await once(socket, 'close');
  return text;
}

describe('headers over the limit (S-231)', () => {
  const LIMIT = 16_384;
  const REFUSAL =
    /^HTTP\/1\.1 431 [\s\S]*Connection: close[\s\S]*longer than 16384 bytes\. A token with very many groups/;

  it('are a 431 that says what the limit is and what is usually the cause', async () => {
    const { port, counts } = await serve({ headerBytes: LIMIT });
    const answer = await sendRaw(port, get(`Authorization: Bearer ${'x'.repeat(LIMIT)}\r\n`));
    expect(answer).toMatch(REFUSAL);
    expect(counts.refusals('headers')).toBe(1);
    expect(await sendRaw(port, get(`Connection: close\r\nX: ${'x'.repeat(LIMIT - 100)}\r\n`))).toMatch(
      / 200 OK/,
    );
  });

  it('arrives though the client sends on and on', async () => {
    const { port } = await serve({ headerBytes: LIMIT });
    for (let round = 0; round < 10; round++) {
      const socket = connect(port, '127.0.0.1');
      socket.write(get(`X: ${'x'.repeat(2_000_000)}\r\n`));
      expect(await rest(socket)).toMatch(REFUSAL);
    }
  });

  it('of a second request on a connection do not disturb the first one’s answer', async () => {
    let answering: (() => void) | undefined;
    const { port } = await serve({ headerBytes: LIMIT }, (_, response) => {
      response.writeHead(200, { 'Content-Length': 10 });
      response.write('12345');
      answering = () => response.end('67890');
    });
    const socket = connect(port, '127.0.0.1');
    const all = rest(socket);
    socket.write(get(''));
    await until(() => answering !== undefined);
    socket.write(get(`X: ${'x'.repeat(LIMIT)}\r\n`));
    expect(await all).not.toContain('431');
  });
});

it('what is not HTTP is a 400 in words', async () => {
  const { port } = await serve({});
  expect(await sendRaw(port, 'hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [\s\S]*not well-formed HTTP/);
});

it('a client that is slow with its headers, or its body, is cut off with a 408 (S-234)', async () => {
  const { port, counts } = await serve({ headersTimeout: 50, requestTimeout: 60 }, (request, response) => {
    request.resume().on('end', () => response.end('ok'));
  });
  const slow = ['GET / HTTP/1.1\r\nHost', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc'];
  for (const answer of await Promise.all(slow.map((bytes) => sendRaw(port, bytes)))) {
    expect(answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*took too long to arrive/);
  }
  expect(counts.refusals('slow-request')).toBe(2);
  expect(await sendRaw(port, get('Connection: close\r\n'))).toMatch(/ 200 OK/);
});

describe('a reader that takes nothing (S-237)', () => {
  const MIB = 1024 * 1024;
  const MUCH = Buffer.alloc(32 * MIB);

  it('is cut off while an answer waits for it; a watch without events and a slow answer are not', async () => {
    const events: ((event: string) => void)[] = [];
    const { port, counts } = await serve({ stalledReader: 50 }, (request, response) => {
      if (request.url === '/much') response.end(MUCH);
      else if (request.url === '/slow') events.push((text) => response.end(text));
      else {
        response.writeHead(200).flushHeaders();
        events.push((text) => response.end(text));
      }
    });
    const calm = ['/watch', '/slow'].map((path) =>
      sendRaw(port, get('Connection: close\r\n').replace('/', path)),
    );
    await until(() => events.length === 2);
    for (let round = 0; round < 2; round++) {
      const stalled = connect(port, '127.0.0.1');
      stalled.write(get('').replace('/', '/much'));
      stalled.pause();
      await until(() => counts.refusals('stalled-reader') === round + 1);
      stalled.destroy();
    }
    for (const event of events) event('an event');
    for (const text of await Promise.all(calm)) expect(text).toContain('an event');
  });

  it('is not one that reads steadily, be it ever so slowly: one long write over TLS makes progress, too', async () => {
    // A clock that the reader drives: so much time goes by for so many bytes.
    const MS = 40;
    let time = 0;
    let cut = 0;
    const directory = await mkdtemp(join(tmpdir(), 'sallyport-stalled-'));
    closers.push(() => rm(directory, { recursive: true }));
    const { certificate: cert, privateKey: key } = await loadServingCertificate(directory, [], new Date());
    const server = createHttpsServer({ cert, key }, (_, response) => response.end(MUCH));
    cutStalledReaders(
      server,
      MS,
      () => time,
      () => {
        cut++;
      },
    );
    const port = await listenOn(server);
    closers.push(() => closeServer(server));
    const reader = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    reader.write(get('Connection: close\r\n'));
    let received = 0;
    reader.on('data', (chunk: Buffer) => {
      received += chunk.length;
      time = (received / (2 * MIB)) * 0.3 * MS;
      reader.pause();
      setImmediate(() => reader.resume());
    });
    await once(reader, 'close');
    expect(time).toBeGreaterThan(4 * MS);
    expect(cut).toBe(0);
  });

  it('costs its stream over HTTP/2; the other streams of its connection go on', async () => {
    let cut = 0;
    const idle: ServerHttp2Stream[] = [];
    const server = createHttp2Server();
    server.on('stream', (stream, headers) => {
      stream.on('error', () => {});
      cutStalledStream(stream, 50, () => {
        cut++;
      });
      stream.respond({ ':status': 200 });
      if (headers[':path'] === '/much') stream.end(MUCH);
      else idle.push(stream);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const session = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    closers.push(async () => {
      session.destroy();
      await new Promise((done) => server.close(done));
    });
    const watch = session.request({ ':path': '/watch' });
    const stalled = session.request({ ':path': '/much' });
    stalled.on('error', () => {});
    stalled.pause();
    await once(stalled, 'response');
    await until(() => cut === 1);
    idle[0]?.end('an event');
    expect(String(await once(watch, 'data'))).toBe('an event');
  });
});

it('a connection without a request is kept for the time that is set, then closed (S-235)', async () => {
  const { port } = await serve({ keepAlive: 50 });
  const socket = connect(port, '127.0.0.1');
  const all = rest(socket);
  socket.write(get(''));
  expect(await all).toMatch(/ 200 OK[\s\S]*ok$/);
});

it('an address has so many connections and no more; one that ends makes room (S-235)', async () => {
  const { port, counts } = await serve({ connectionsPerAddress: 2 });
  const open = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
  await Promise.all(open.map((socket) => once(socket, 'connect')));
  const third = connect(port, '127.0.0.1');
  expect(await rest(third)).toBe('');
  expect(counts.refusals('connections')).toBe(1);
  const [first, second] = open;
  first?.destroy();
  // It is for the server to notice.
  for (let answer = ''; !answer.includes('200'); ) {
    const next = connect(port, '127.0.0.1');
    next.write(get('Connection: close\r\n'));
    answer = await rest(next);
  }
  second?.destroy();
});

describe('the server of both protocols', () => {
  async function serveBoth(changes: Partial<GatewayLimits>, handler: RequestListener) {
    const limits = { ...wideLimits, ...changes };
    const counts = createLimitCounts({ debug() {} });
    const directory = await mkdtemp(join(tmpdir(), 'sallyport-both-'));
    const { certificate: cert, privateKey: key } = await loadServingCertificate(directory, [], new Date());
    await rm(directory, { recursive: true });
    const options = { cert, key, handshakeTimeout: 10_000, mayUpgrade: () => false, onUpgrade() {} };
    const server = createSecureHttpServer({ ...serverOptions(limits), ...options, handler });
    guardConnections(server, limits, counts);
    const connections = followConnections(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    closers.push(() => {
      connections.cut();
      return new Promise((done) => server.close(done));
    });
    const { port } = server.address() as AddressInfo;
    return { counts, port };
  }

  async function openTls(port: number): Promise<Socket> {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    return socket;
  }

  it('keeps the same limits over HTTP/1.1 (S-231, S-234, S-235, S-237)', async () => {
    const { counts, port } = await serveBoth(
      { headerBytes: 16_384, headersTimeout: 50, requestTimeout: 60, keepAlive: 50, stalledReader: 50 },
      (request, response) => response.end(request.url === '/much' ? Buffer.alloc(33_554_432) : 'ok'),
    );
    const long = await openTls(port);
    long.write(get(`X: ${'x'.repeat(20_000)}\r\n`));
    expect(await rest(long)).toMatch(/^HTTP\/1\.1 431 /);
    const slow = await openTls(port);
    slow.write('GET / HTTP/1.1\r\nHost');
    expect(await rest(slow)).toMatch(/^HTTP\/1\.1 408 /);
    const idle = await openTls(port);
    idle.write(get(''));
    expect(await rest(idle)).toMatch(/ 200 OK[\s\S]*ok$/);
    const stalled = await openTls(port);
    stalled.pause();
    stalled.write(get('').replace('/', '/much'));
    await until(() => counts.refusals('stalled-reader') === 1);
    stalled.destroy();
  });

  it('keeps the limit of headers over HTTP/2, in the same words (S-231)', async () => {
    const { counts, port } = await serveBoth({ headerBytes: 16_384 }, (_, response) => response.end('ok'));
    const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
    await once(session, 'connect');
    const ask = async (bytes: number) => {
      const stream = session.request({ ':path': '/', long: 'x'.repeat(bytes) });
      const [headers] = await once(stream, 'response');
      return [headers[':status'], await rest(stream)];
    };
    expect(await ask(16_000)).toEqual([200, 'ok']);
    expect(await ask(16_384)).toEqual([431, expect.stringContaining('longer than 16384 bytes. A token')]);
    expect(counts.refusals('headers')).toBe(1);
    session.close();
  });

  it.each([
    ['without a request', 0, Buffer.alloc(0)],
    // A HEADERS frame that says that more of them will come (RFC 9113 §6.2).
    ['with half a request', 1, Buffer.from([0, 0, 1, 1, 0, 0, 0, 0, 1, 0x82])],
  ])('ends an HTTP/2 connection %s after the time for headers (S-234)', async (_what, refused, bytes) => {
    const { counts, port } = await serveBoth({ headersTimeout: 50, keepAlive: 60_000 }, (_, response) =>
      response.end('ok'),
    );
    const slow = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] });
    await once(slow, 'secureConnect');
    const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    slow.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), settings, bytes]));
    await rest(slow);
    expect(counts.refusals('slow-request')).toBe(refused);
  });

  it.each([
    ['at once', 0, Buffer.alloc(0)],
    [
      'after the time for headers when the next ones have begun',
      1,
      Buffer.from([0, 0, 1, 1, 0, 0, 0, 0, 3, 0x82]),
    ],
  ])('ends an HTTP/2 connection whose answer is to be the last %s', async (_what, refused, next) => {
    const { counts, port } = await serveBoth({ headersTimeout: 50, keepAlive: 60_000 }, (_, response) => {
      closeSessionAfterAnswer(response);
      response.end('ok');
    });
    const client = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] });
    await once(client, 'secureConnect');
    const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    // GET https://x/, with the end of its stream and of its headers.
    const request = Buffer.from([0, 0, 6, 1, 5, 0, 0, 0, 1, 0x82, 0x87, 0x84, 0x41, 1, 0x78]);
    client.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), settings, request, next]));
    const text = await rest(client);
    expect(text).toContain('ok');
    // GOAWAY on the connection, without an error: type, flags, stream, last stream, code.
    const goaway = (last: number) =>
      Buffer.from([7, 0, 0, 0, 0, 0, 0, 0, 0, last, 0, 0, 0, 0]).toString('latin1');
    expect([1, 3].some((last) => text.includes(goaway(last)))).toBe(true);
    expect(counts.refusals('slow-request')).toBe(refused);
  });

  it('ends an HTTP/2 connection without a request, and none with one (S-235)', async () => {
    let answer: (() => void) | undefined;
    const { port } = await serveBoth({ keepAlive: 50, stalledReader: 50 }, (request, response) => {
      if (request.url === '/watch') {
        response.writeHead(200);
        response.flushHeaders();
        answer = () => response.end('an event');
      } else response.end('ok');
    });
    const open = async (path: string) => {
      const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
      const stream = session.request({ ':path': path });
      await once(stream, 'response');
      return { session, stream };
    };
    const busy = await open('/watch');
    const idle = await open('/');
    idle.stream.resume();
    await once(idle.session, 'close');
    expect(busy.session.closed).toBe(false);
    answer?.();
    expect(String(await once(busy.stream, 'data'))).toBe('an event');
    await once(busy.session, 'close');
  });
});
