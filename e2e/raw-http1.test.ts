import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
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

const POST = `POST ${PODS} HTTP/1.1`;
const GET = `GET ${PODS} HTTP/1.1`;

/** A request of jane's that is good but for what a row changes. `Host: -` leaves the Host out. */
function requestOf(line: string, lines: readonly string[] = [], body = ''): string {
  const own = [`Authorization: Bearer ${at.tokens.jane}`, 'Connection: close', ...lines];
  const all = [line, ...(lines.some((each) => /^host:/i.test(each)) ? [] : ['Host: localhost']), ...own];
  return `${all.join('\r\n')}\r\n\r\n${body}`;
}

type Row = readonly [what: string, line: string, lines: readonly string[], body: string];
/** What a row need not say. */
type Short = readonly [what: string, line: string, lines?: readonly string[], body?: string];
const whole = ([what, line, lines = [], body = '']: Short): Row => [what, line, lines, body];

const CHUNKED = ['Transfer-Encoding: chunked'];
const EMPTY = '0\r\n\r\n';
const SECOND = `GET ${PODS}/second HTTP/1.1\r\nHost: localhost\r\n\r\n`;

/** Nothing of these reaches the upstream. */
const REFUSED: readonly Short[] = [
  ['S-166 CL.TE', POST, ['Content-Length: 5', ...CHUNKED], EMPTY + SECOND],
  [
    'S-166 TE.CL',
    POST,
    [...CHUNKED, 'Content-Length: 3'],
    `${SECOND.length.toString(16)}\r\n${SECOND}\r\n${EMPTY}`,
  ],
  [
    'S-166 a length and chunks in other case',
    POST,
    ['content-length: 0', 'TRANSFER-ENCODING: chunked'],
    EMPTY,
  ],
  ['S-166 a length and an unknown coding', POST, ['Content-Length: 0', 'Transfer-Encoding: x']],
  ...[
    'xchunked',
    'chunked,',
    'chunked, identity',
    'identity',
    '"chunked"',
    '\x0bchunked',
    '\xa0chunked',
    'chunked\x00',
  ].map(
    (coding): Short => [
      `S-167 the coding ${JSON.stringify(coding)}`,
      POST,
      [`Transfer-Encoding: ${coding}`],
      EMPTY,
    ],
  ),
  ['S-167 two codings', POST, [...CHUNKED, ...CHUNKED], EMPTY],
  ['S-167 a blank before the colon', POST, ['Transfer-Encoding : chunked'], EMPTY],
  ['S-167 a folded coding', POST, ['Transfer-Encoding:\r\n chunked'], EMPTY],
  ...[',chunked', 'gzip, chunked', 'chunked, chunked', 'chunked;q=1'].map(
    (coding): Short => [
      `S-168 the coding ${JSON.stringify(coding)}`,
      POST,
      [`Transfer-Encoding: ${coding}`],
      EMPTY,
    ],
  ),
  ['S-169 chunks on HTTP/1.0', `POST ${PODS} HTTP/1.0`, CHUNKED, EMPTY],
  [
    'S-169 chunks on HTTP/1.0 that is kept alive',
    `POST ${PODS} HTTP/1.0`,
    ['Connection: keep-alive', ...CHUNKED],
    EMPTY,
  ],
  ['S-170 two lengths', POST, ['Content-Length: 3', 'Content-Length: 4'], 'abc'],
  ['S-170 the same length twice', POST, ['Content-Length: 3', 'Content-Length: 3'], 'abc'],
  ['S-185 the same length twice, in other case', POST, ['Content-Length: 3', 'content-length: 3'], 'abc'],
  ...['3, 3', '+3', '-3', '0x3', '3_0', '', '1 2', '99999999999999999999', '3.0', '3e0'].map(
    (length): Short => [
      `S-170 the length ${JSON.stringify(length)}`,
      POST,
      [`Content-Length: ${length}`],
      'abc',
    ],
  ),
  ['S-170 a blank before the colon', POST, ['Content-Length : 3'], 'abc'],
  ['S-170 a line that begins with a blank', `${POST}\r\n Content-Length: 3`, [], 'abc'],
  ['S-171 a length with a zero before it', POST, ['Content-Length: 03'], 'abc'],
  ['S-172 a bare LF', GET, ['X-A: 1\nX-B: 2']],
  ['S-172 a bare CR', GET, ['X-A: 1\rX-B: 2']],
  ['S-172 two CR', GET, ['X-A: 1\r\r\nX-B: 2']],
  ['S-172 a NUL', GET, ['X-A: a\x00b']],
  ['S-172 an empty name', GET, [': 1']],
  ['S-172 no colon', GET, ['X-A']],
  ['S-172 a name with a blank', GET, ['X A: 1']],
  ['S-172 a folded line', GET, ['X-A: 1\r\n 2']],
  ['S-172 HTTP/1.2', `GET ${PODS} HTTP/1.2`],
  ['S-172 HTTP/2.0 in a request line', `GET ${PODS} HTTP/2.0`],
  ['S-172 a control character in the target', `GET ${PODS}/\x01 HTTP/1.1`],
  ['S-172 a blank in the target', `GET ${PODS} x HTTP/1.1`],
  ['S-173 a byte over 0x7f in the token', GET, ['Authorization: Bearer \xe9']],
  ['S-173 a byte over 0x7f in the Host', GET, ['Host: localhost\xe9']],
  ['S-173 a byte over 0x7f in the assumed name', GET, ['Impersonate-User: j\xe9ne']],
  ['S-177 HEAD with a body', `HEAD ${PODS} HTTP/1.1`, ['Content-Length: 3'], 'abc'],
  ['S-177 HEAD with chunks', `HEAD ${PODS} HTTP/1.1`, CHUNKED, `3\r\nabc\r\n${EMPTY}`],
  ...['y 100-continue', '100-continue, x', '200-ok', '100-continued'].map(
    (expected): Short => [
      `S-180 Expect: ${expected}`,
      POST,
      [`Expect: ${expected}`, 'Content-Length: 3'],
      'abc',
    ],
  ),
  ['S-181 201 header fields', GET, Array.from({ length: 198 }, (_, index) => `X-${index}: 1`)],
  ['S-181 2100 header fields', GET, Array.from({ length: 2100 }, (_, index) => `X-${index}: 1`)],
  [
    'S-181 a length behind 2100 others',
    POST,
    [...Array.from({ length: 2100 }, () => 'X: 1'), 'Content-Length: 3'],
    'abc',
  ],
  ...['CONNECT', 'TRACE', 'TRACK', 'PRI', 'PROPFIND', 'PURGE', 'BREW', 'get', 'QUERY'].map(
    (method): Short => [`S-187 ${method}`, `${method} ${PODS} HTTP/1.1`],
  ),
  ['S-187 CONNECT to another host', 'CONNECT 169.254.169.254:80 HTTP/1.1'],
  ['S-187 HTTP/0.9', `GET ${PODS}`],
  ['S-187 HTTP/2’s preface', 'PRI * HTTP/2.0'],
];

/** Of these, what came before the fault may go up. */
const MALFORMED: readonly Short[] = [
  ['S-174 a blank in the size', POST, CHUNKED, `3 \r\nabc\r\n${EMPTY}`],
  ...['0x3', '-3', '3_0', 'g', '', '+3', '10000000000000003'].map(
    (size): Short => [`S-174 the size ${JSON.stringify(size)}`, POST, CHUNKED, `${size}\r\nabc\r\n${EMPTY}`],
  ),
  ['S-174 a size that ends with LF', POST, CHUNKED, `3\nabc\r\n${EMPTY}`],
  ['S-174 no CRLF behind the data', POST, CHUNKED, `3\r\nabc${EMPTY}`],
  ['S-174 LF behind the data', POST, CHUNKED, `3\r\nabc\n${EMPTY}`],
  ['S-174 more data than said', POST, CHUNKED, `3\r\nabcd\r\n${EMPTY}`],
  ['S-174 a CR in an extension', POST, CHUNKED, `3;a\rb\r\nabc\r\n${EMPTY}`],
  ['S-174 an LF in an extension', POST, CHUNKED, `3;a\nb\r\nabc\r\n${EMPTY}`],
  ['S-174 a quoted CRLF in an extension', POST, CHUNKED, `3;a="\r\n"\r\nabc\r\n${EMPTY}`],
  ['S-175 an extension without end', POST, CHUNKED, `3;${'a'.repeat(20_000)}\r\nabc\r\n${EMPTY}`],
  ['S-176 a length in the trailer', POST, CHUNKED, '3\r\nabc\r\n0\r\nContent-Length: 3\r\n\r\n'],
  ['S-176 a coding in the trailer', POST, CHUNKED, '3\r\nabc\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n'],
];

describe('a request that could be read in two ways', () => {
  it.each(REFUSED.map(whole))('is refused: %s', async (_what, line, lines, body) => {
    const answer = await sendRaw(at.sallyport, requestOf(line, lines, body));
    const [status, ...more] = statusesOf(answer);
    expect([undefined, 400, 403, 405, 413, 417, 431]).toContain(status);
    expect(more).toEqual(status === undefined || more.length === 0 ? [] : [400]);
    expect(await at.seen()).toEqual({ requests: [], bytes: [] });
  });

  it.each(MALFORMED.map(whole))(
    'never becomes a whole one upstream: %s',
    async (_what, line, lines, body) => {
      const answer = await sendRaw(at.sallyport, requestOf(line, lines, body) + SECOND);
      expect([undefined, 400, 413]).toContain(statusesOf(answer)[0]);
      const { requests, bytes } = await at.seen();
      expect(requests).toEqual([]);
      // What had come before the fault may have gone up, on a connection that then ended without the body's end.
      for (const text of bytes) expect(text).not.toMatch(/\r\n0\r\n|second/);
    },
  );
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

  it.each<readonly [...Row, upstream: readonly string[], arrived: string]>([
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
