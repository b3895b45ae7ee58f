import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  CHUNKED,
  EMPTY,
  GET,
  MALFORMED_HTTP1,
  POST,
  type RawRow,
  REFUSED_HTTP1,
  SECOND,
} from './support/malformed-http1.ts';
import { PODS, type RawGateway, startRawGateway } from './support/raw-gateway.ts';
import { connectRaw, sendRaw, statusesOf } from './support/raw-tls.ts';

let at: RawGateway;

beforeAll(async () => {
  at = await startRawGateway();
});

afterEach(() => void at.upstream.take());

afterAll(async () => {
  await at?.expectUnharmed();
  await at?.close();
});

/** A request of jane's that is good but for what a row changes. `Host: -` leaves the Host out. */
function requestOf(line: string, lines: readonly string[] = [], body = ''): string {
  const own = [`Authorization: Bearer ${at.tokens.jane}`, 'Connection: close', ...lines];
  const all = [line, ...(lines.some((each) => /^host:/i.test(each)) ? [] : ['Host: localhost']), ...own];
  return `${all.join('\r\n')}\r\n\r\n${body}`;
}

describe('a request that could be read in two ways', () => {
  it.each(REFUSED_HTTP1)('is refused: %s', async (_what, line, lines, body) => {
    const answer = await sendRaw(at.sallyport, requestOf(line, lines, body));
    const [status, ...more] = statusesOf(answer);
    expect([undefined, 400, 403, 405, 413, 417, 431]).toContain(status);
    expect(more).toEqual(status === undefined || more.length === 0 ? [] : [400]);
    expect(await at.seen()).toEqual({ requests: [], bytes: [] });
  });

  it.each(MALFORMED_HTTP1)('never becomes a whole one upstream: %s', async (_what, line, lines, body) => {
    const answer = await sendRaw(at.sallyport, requestOf(line, lines, body) + SECOND);
    expect([undefined, 400, 413]).toContain(statusesOf(answer)[0]);
    const { requests, bytes } = await at.seen();
    expect(requests).toEqual([]);
    // What had come before the fault may have gone up, on a connection that then ended without the body's end.
    for (const text of bytes) expect(text).not.toMatch(/\r\n0\r\n|second/);
  });
});

describe('a request that can be read in one way only', () => {
  /** Headers that every request of jane's has upstream. */
  const built = () => [
    `host: ${new URL(at.upstream.url).host}`,
    'connection: keep-alive',
    'impersonate-user: jane',
    'impersonate-group: developers',
    'impersonate-group: system:authenticated',
    'authorization: Bearer canary-own-token',
    'audit-id: fixed',
  ];

  it.each<readonly [...RawRow, upstream: readonly string[], arrived: string]>([
    [
      'S-168 a TAB before the coding',
      POST,
      ['Transfer-Encoding:\tchunked'],
      `3\r\nabc\r\n${EMPTY}`,
      [],
      'abc',
    ],
    ['S-174 a plain extension', POST, CHUNKED, `3;a=b\r\nabc\r\n${EMPTY}`, [], 'abc'],
    [
      'S-176 identity in the trailer',
      POST,
      [...CHUNKED, 'Trailer: Authorization'],
      '3\r\nabc\r\n0\r\nAuthorization: Bearer x\r\nImpersonate-User: admin\r\n\r\n',
      [],
      'abc',
    ],
    ['S-177 GET with a body', GET, ['Content-Length: 3'], 'abc', ['content-length: 3'], 'abc'],
    [
      'S-180 Expect: 100-continue',
      POST,
      ['Expect: 100-Continue', 'Content-Length: 3'],
      'abc',
      ['content-length: 3'],
      'abc',
    ],
    ['S-173 bytes over 0x7f', GET, ['User-Agent: caf\xe9 \xff'], '', ['user-agent: caf\xe9 \xff'], ''],
    ['S-181 200 header fields', GET, Array.from({ length: 196 }, (_, index) => `X-${index}: 1`), '', [], ''],
    [
      'S-185 names in any case, once',
      POST,
      ['cOnTeNt-LeNgTh: 3', 'ACCEPT: a/b'],
      'abc',
      ['accept: a/b', 'content-length: 3'],
      'abc',
    ],
  ])('goes up as exactly one: %s', async (_what, line, lines, body, upstream, arrived) => {
    const answer = await sendRaw(at.sallyport, requestOf(line, ['Audit-ID: fixed', ...lines], body));
    expect(statusesOf(answer).filter((status) => status !== 100)).toEqual([200]);
    const { requests, bytes } = await at.seen();
    expect(requests.map((request) => request.body)).toEqual([arrived]);
    const [head = '', ...rest] = bytes.join('').split('\r\n\r\n');
    // Whether a body of chunks has come whole when it goes up decides on its framing there; both say the same.
    const framed = body.includes('0\r\n') ? /^(?:content-length: 3|transfer-encoding: chunked)$/ : /^$/;
    const [first, ...fields] = head.split('\r\n');
    expect(first).toBe(line);
    expect(fields.filter((field) => !framed.test(field))).toEqual([...built(), ...upstream]);
    expect(rest.join('')).toContain(arrived);
  });

  it('S-178 is refused before its body is read, at the cost of the connection', async () => {
    const connection = await connectRaw(at.sallyport);
    const head = [
      'POST /api/v1/namespaces/dev/pods HTTP/1.1',
      'Host: localhost',
      `Authorization: Bearer ${at.tokens.bob}`,
    ];
    connection.write(`${head.join('\r\n')}\r\nContent-Length: 100000000\r\n\r\n${'x'.repeat(1000)}`);
    const answer = await connection.ended();
    expect(statusesOf(answer)).toEqual([403]);
    expect(answer).toMatch(/connection: close/i);
    expect(await at.seen()).toEqual({ requests: [], bytes: [] });
  });

  it('S-178 leaves nothing of an unread short body to the next request', async () => {
    const refused = [
      'POST /api/v1/namespaces/dev/pods HTTP/1.1',
      'Host: localhost',
      `Content-Length: ${SECOND.length}`,
    ];
    const answer = await sendRaw(at.sallyport, `${refused.join('\r\n')}\r\n\r\n${SECOND}${requestOf(GET)}`);
    expect(statusesOf(answer)).toEqual([401, 200]);
    expect((await at.seen()).requests.map(({ url }) => url)).toEqual([PODS]);
  });

  it('S-179 is one of ten in a row, each answered in its place and as who it is from', async () => {
    const people = ['jane', 'bob', 'admin', 'nobody', 'jane', 'admin', 'bob', 'jane', 'nobody', 'admin'];
    const requests = people.map((person, index) => {
      const token = at.tokens[person as 'jane'] ?? 'none';
      const closing = index === people.length - 1 ? 'Connection: close\r\n' : '';
      return `GET ${PODS}/${index} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n${closing}\r\n`;
    });
    const answer = await sendRaw(at.sallyport, requests.join(''));
    const expected = { jane: 200, admin: 200, bob: 403, nobody: 401 } as Record<string, number>;
    expect(statusesOf(answer)).toEqual(people.map((person) => expected[person]));
    const seen = (await at.seen()).requests.map(({ url, rawHeaders }) => [
      Number(url.split('/').at(-1)),
      rawHeaders[rawHeaders.indexOf('impersonate-user') + 1],
    ]);
    const admitted = people.flatMap((person, index) => (expected[person] === 200 ? [[index, person]] : []));
    expect(seen.toSorted()).toEqual(admitted);
    expect([...answer.matchAll(/"url":"[^"]*\/(\d)"/g)].map(([, index]) => Number(index))).toEqual(
      admitted.map(([index]) => index),
    );
  });
});
