import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { LimitName } from '../../../src/gateway/index.ts';
import { userByHeader } from '../limits/support.ts';
import { closeServer, listenOn, sendRaw } from '../support/gateway.ts';
import { OPEN, serveService } from '../support/services.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const MIB = 1024 * 1024;

/** A service that counts bodies, and answers when the test says so. */
async function serve(limits: NonNullable<Parameters<typeof serveService>[2]>['limits'] = {}) {
  const held: { user: string | undefined; length: number; response: ServerResponse }[] = [];
  const upstream = createServer((request, response) => {
    let length = 0;
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
    });
    request.on('end', () => held.push({ user: String(request.headers['x-remote-user']), length, response }));
  });
  upstream.on('upgrade', (_request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => {});
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    socket.pipe(socket);
  });
  const port = await listenOn(upstream);
  const refused: LimitName[] = [];
  const service = await serveService(
    `http://127.0.0.1:${port}`,
    { access: { ...OPEN, ignorePaths: ['/healthz'] } },
    {
      limits,
      events: { refused: (limit) => void refused.push(limit), waited() {} },
      authenticate: (rawHeaders) => userByHeader(rawHeaders),
    },
  );
  closers.push(() => closeServer(upstream), service.close);
  const ask = (user: string, init: RequestInit = {}, path = '/') =>
    fetch(`${service.url}${path}`, { ...init, headers: { 'X-User': user } });
  const until = (count: number) => vi.waitUntil(() => held.length >= count, { interval: 5, timeout: 10_000 });
  const answer = () => {
    for (const { response } of held) response.end('{}');
  };
  return { ...service, held, refused, ask, until, answer };
}

describe('a body for a service', () => {
  it('may have any length unless the service has a limit', async () => {
    const { ask, held, until, answer } = await serve();
    const asked = ask('ann', { method: 'POST', body: new Uint8Array(8 * MIB) });
    await until(1);
    answer();
    expect((await asked).status).toBe(200);
    expect(held[0]?.length).toBe(8 * MIB);
  });

  it.each(['/', '/healthz'])('is refused when more is declared than %s may get', async (path) => {
    const { ask, held, refused } = await serve({ bodyBytes: MIB });
    const answer = await ask('ann', { method: 'POST', body: new Uint8Array(MIB + 1) }, path);
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ kind: 'Status', reason: 'RequestEntityTooLarge' });
    expect([held, refused]).toEqual([[], ['body']]);
  });

  it('of unknown length is cut at the limit, and the service gets no whole request', async () => {
    const { port, held, refused, logged } = await serve({ bodyBytes: 10 });
    const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n';
    const answer = await sendRaw(port, `${head}${chunk('1234567')}${chunk('1234567')}${chunk('')}`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect([held, refused, logged]).toEqual([[], ['body'], []]);
  });
});

describe('turns at a service', () => {
  it('no user takes all seats, and who waits gets the next', async () => {
    const { ask, held, until, answer } = await serve({ concurrency: 2, concurrencyPerUser: 1 });
    const asked = [ask('ann'), ask('ann')];
    await until(1);
    asked.push(ask('bob'));
    await until(2);
    expect(held.map(({ user }) => user).sort()).toEqual(['ann', 'bob']);
    answer();
    await until(3);
    answer();
    expect(await Promise.all(asked.map(async (each) => (await each).status))).toEqual([200, 200, 200]);
  });

  it('too many that wait are refused, but not system:masters nor what is open to everybody', async () => {
    const {
      ask,
      until,
      answer,
      refused,
      asked: questions,
    } = await serve({
      concurrency: 1,
      queuePerUser: 0,
    });
    const first = ask('ann');
    await until(1);
    const second = await ask('ann');
    expect([second.status, second.headers.get('retry-after')]).toEqual([429, '1']);
    expect(refused).toEqual(['queue-full']);
    // Its turn comes before the question whether it may.
    expect(questions).toHaveLength(1);
    const others = [ask('root'), ask('ann', {}, '/healthz')];
    await until(3);
    answer();
    for (const each of [first, ...others]) expect((await each).status).toBe(200);
  });

  it('a WebSocket has no seat but a number of its own', async () => {
    const { port, ask, until, answer, refused } = await serve({ concurrency: 1, streamsPerUser: 1 });
    const handshake = [
      'GET / HTTP/1.1',
      'Host: a',
      'X-User: ann',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ];
    const socket = connect(port, '127.0.0.1', () => socket.write([...handshake, '', ''].join('\r\n')));
    closers.push(async () => void socket.destroy());
    const [begin] = (await once(socket, 'data')) as [Buffer];
    expect(begin.toString()).toMatch(/^HTTP\/1\.1 101 /);
    const plain = ask('ann');
    await until(1);
    answer();
    expect((await plain).status).toBe(200);
    const another = await sendRaw(port, [...handshake, '', ''].join('\r\n'));
    expect(another).toMatch(/^HTTP\/1\.1 429 /);
    expect(refused).toEqual(['streams']);
  });
});
