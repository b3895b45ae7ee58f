import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AMBIGUOUS_TARGETS } from './support/ambiguous-targets.ts';
import { type Field, flag, frame, frameType, headerBlock } from './support/http2-frames.ts';
import { MALFORMED_HTTP1, REFUSED_HTTP1, SECOND } from './support/malformed-http1.ts';
import { pseudo } from './support/malformed-http2.ts';
import { connectHttp2, protocols } from './support/raw-request.ts';
import { type RawService, startRawService } from './support/raw-service.ts';
import { connectRaw, sendRaw, statusesOf } from './support/raw-tls.ts';
import { SWITCHING, WEBSOCKET } from './support/raw-upgrade.ts';
import type { Seen } from './support/recording-upstream.ts';

const NOTHING: Seen = { requests: [], bytes: [] };

let at: RawService;
/** Connections of WebSockets that the service has not answered. */
const held: Socket[] = [];

beforeAll(async () => {
  at = await startRawService({ upgraded: (_request, socket) => void held.push(socket) });
});

afterEach(() => {
  for (const socket of held.splice(0)) socket.destroy();
  at.upstream.take();
});

afterAll(async () => {
  await at?.expectUnharmed();
  await at?.close();
});

const bearer = (person: keyof RawService['tokens'] = 'jane'): Field => [
  'authorization',
  `Bearer ${at.tokens[person]}`,
];

/** Of no service's interest, so that they are dropped and the rest goes on. */
const ABOUT_IMPERSONATION = /assumed name/;

describe('a request to a service that could be read in two ways', () => {
  const requestOf = (line: string, lines: readonly string[], body: string) => {
    const own = [`Authorization: Bearer ${at.tokens.jane}`, 'Connection: close', ...lines];
    const all = [line, ...(lines.some((each) => /^host:/i.test(each)) ? [] : ['Host: localhost']), ...own];
    return `${all.join('\r\n')}\r\n\r\n${body}`;
  };

  it.each(REFUSED_HTTP1.filter(([what]) => !ABOUT_IMPERSONATION.test(what)))(
    'is refused: %s',
    async (_what, line, lines, body) => {
      const [status, ...more] = statusesOf(await sendRaw(at.whole, requestOf(line, lines, body)));
      expect([undefined, 400, 401, 403, 405, 413, 417, 431]).toContain(status);
      expect(more).toEqual(status === undefined || more.length === 0 ? [] : [400]);
      expect(await at.seen()).toEqual(NOTHING);
    },
  );

  it.each(MALFORMED_HTTP1)('never becomes a whole one: %s', async (_what, line, lines, body) => {
    const answer = await sendRaw(at.whole, requestOf(line, lines, body) + SECOND);
    expect([undefined, 400, 413]).toContain(statusesOf(answer)[0]);
    const { requests, bytes } = await at.seen();
    expect(requests).toEqual([]);
    for (const text of bytes) expect(text).not.toMatch(/\r\n0\r\n|second/);
  });

  it('S-178 is refused before its body is read, at the cost of the connection', async () => {
    const head = ['POST /page HTTP/1.1', 'Host: localhost', `Authorization: Bearer ${at.tokens.bob}`];
    const connection = await connectRaw(at.whole);
    connection.write(`${head.join('\r\n')}\r\nContent-Length: 100000000\r\n\r\n${'x'.repeat(1000)}`);
    const answer = await connection.ended();
    expect(statusesOf(answer)).toEqual([403]);
    expect(answer).toMatch(/connection: close/i);
    expect(await at.seen()).toEqual(NOTHING);
  });

  it('S-179 is one of several in a row, each as who it is from', async () => {
    const people = ['jane', 'bob', 'jane', 'nobody', 'bob', 'jane'];
    const requests = people.map((person, index) => {
      const closing = index === people.length - 1 ? 'Connection: close\r\n' : '';
      return `GET /${index} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${at.tokens[person as 'jane'] ?? 'none'}\r\n${closing}\r\n`;
    });
    expect(statusesOf(await sendRaw(at.whole, requests.join('')))).toEqual([200, 403, 200, 401, 403, 200]);
    const urls = (await at.seen()).requests.map(({ url }) => url);
    expect(urls.toSorted()).toEqual(['/0', '/2', '/5']);
  });

  // The timeout is the test: it is configured, and far below the default.
  it('S-234 is cut off when its headers take too long', { timeout: 30_000 }, async () => {
    const connection = await connectRaw(at.whole);
    connection.write('GET /page HTTP/1.1\r\nHost: localhost\r\nX-Slow:');
    const half = await connectHttp2(at.whole);
    half.write(frame(frameType.headers, flag.endStream, 1, headerBlock(pseudo('GET', '/page'))));
    expect(statusesOf(await connection.ended())).toEqual([408]);
    await half.ended();
    expect(await at.seen()).toEqual(NOTHING);
  });
});

describe.each(protocols)('a request to a service over %s', (protocol, send) => {
  it.each(AMBIGUOUS_TARGETS)('%s is refused for the target %j', async (_id, target) => {
    const { status } = await send(at.whole, { target, headers: [bearer()] });
    expect(protocol === 'HTTP/2' ? [400, undefined] : [400]).toContain(status);
    expect(await at.seen()).toEqual(NOTHING);
  });

  // A query changes no path.
  const behindOpen = AMBIGUOUS_TARGETS.map(([, target]) => target).filter(
    (target) => !target.startsWith('?'),
  );

  it.each(behindOpen)('S-198 finds no open path in front of %j', async (target) => {
    const opened = target.startsWith('/healthz') ? target : `/healthz${target}`;
    const { status } = await send(at.whole, { target: opened });
    expect([undefined, 400, 401]).toContain(status);
    expect(await at.seen()).toEqual(NOTHING);
  });

  it.each(['/a%252e%252e/b', '/%77eb?x=%41&y=+', '/a?b=/../c\\'])(
    'S-188 S-195 has its target forwarded byte for byte: %j',
    async (target) => {
      expect((await send(at.whole, { target, headers: [bearer()] })).status).toBe(200);
      const { requests, bytes } = await at.seen();
      expect(requests.map(({ url }) => url)).toEqual([target]);
      expect(bytes.join('').split('\r\n')[0]).toBe(`GET ${target} HTTP/1.1`);
    },
  );

  it('S-231 is a 431 with headers beyond the limit', async () => {
    const huge: Field[] = Array.from({ length: 80 }, (_, index) => [`x-${index}`, 'y'.repeat(1_000)]);
    const { status } = await send(at.whole, { target: '/page', headers: [bearer(), ...huge] });
    expect(status).toBe(431);
    expect(await at.seen()).toEqual(NOTHING);
  });

  it.each(['TRACE', 'CONNECT', 'PROPFIND', 'PURGE', 'OPTIONS'])(
    'S-187 has no right to %s',
    async (method) => {
      const { status } = await send(at.whole, { method, target: '/page', headers: [bearer()] });
      expect([undefined, 400, 405]).toContain(status);
      expect(await at.seen()).toEqual(NOTHING);
    },
  );
});

it('S-221 an upgrade that is none of a WebSocket is an ordinary request, whose next bytes are no tunnel’s', async () => {
  for (const protocol of ['h2c', 'SPDY/3.1', 'TLS/1.0', 'websocket, h2c']) {
    const head = ['GET /page HTTP/1.1', 'Host: localhost', `Authorization: Bearer ${at.tokens.jane}`];
    const upgrade = [
      'Connection: Upgrade, HTTP2-Settings, close',
      `Upgrade: ${protocol}`,
      'HTTP2-Settings: AAMAAABk',
    ];
    const answer = await sendRaw(at.whole, `${[...head, ...upgrade].join('\r\n')}\r\n\r\n${SECOND}`);
    expect([[200], [400]]).toContainEqual(statusesOf(answer));
    const { requests, bytes } = await at.seen();
    expect(requests).toHaveLength(statusesOf(answer)[0] === 200 ? 1 : 0);
    expect(bytes.join('')).not.toMatch(/upgrade|second|http2-settings/i);
  }
});

describe('a WebSocket to a service', () => {
  const handshake = (lines: readonly string[] = [], person = 'jane') => {
    const token = at.tokens[person as 'jane'];
    const own = token === undefined ? [] : [`Authorization: Bearer ${token}`];
    return `${['GET /socket HTTP/1.1', 'Host: localhost', ...own, ...WEBSOCKET, ...lines].join('\r\n')}\r\n\r\n`;
  };

  it.each([
    ['S-217 of nobody', 401, () => handshake([], 'nobody')],
    ['S-217 of who has no right', 403, () => handshake([], 'bob')],
    ['S-218 with a length', 400, () => `${handshake(['Content-Length: 5'])}hello`],
    ['S-218 with chunks', 400, () => `${handshake(['Transfer-Encoding: chunked'])}0\r\n\r\n`],
    ['S-222 without a key', 400, () => handshake().replace(/Sec-WebSocket-Key: .*\r\n/, '')],
    ['S-222 of another version', 400, () => handshake().replace('Version: 13', 'Version: 8')],
    ['S-208 with two tokens', 400, () => handshake(['Authorization: Bearer x'])],
  ] as const)('%s is refused with %i, and nothing behind it is read', async (_what, status, bytes) => {
    expect(statusesOf(await sendRaw(at.whole, bytes() + SECOND))).toEqual([status]);
    expect(await at.seen()).toEqual(NOTHING);
  });

  it('S-205 S-207 goes up with built headers, and S-218 holds back what came behind them until the 101', async () => {
    const connection = await connectRaw(at.whole);
    const spoofed = [
      'X-Remote-User: root',
      'Connection: Upgrade, X-Remote-User',
      'Sec-WebSocket-Extensions: x',
    ];
    connection.write(handshake(spoofed) + SECOND);
    while (held.length === 0) await new Promise(setImmediate);
    const before = await at.seen();
    expect(before.bytes.join('')).not.toMatch(/second|root|extensions/);
    expect(before.bytes.join('')).toMatch(/\r\nx-remote-user: jane\r\n/);
    held[0]?.write(SWITCHING);
    await connection.until(/ 101 /);
    while (!at.upstream.take().bytes.join('').includes('second')) await new Promise(setImmediate);
    connection.socket.destroy();
  });
});
