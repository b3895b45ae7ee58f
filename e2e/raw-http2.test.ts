import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Field, flag, frame, frameType, headers } from './support/http2-frames.ts';
import { PODS, type RawGateway, startRawGateway } from './support/raw-gateway.ts';
import { connectHttp2, sendFields } from './support/raw-request.ts';

let at: RawGateway;

beforeAll(async () => {
  at = await startRawGateway();
});

afterEach(() => void at.upstream.take());

afterAll(async () => {
  await at?.expectUnharmed();
  await at?.close();
});

const bearer = (person: keyof RawGateway['tokens'] = 'admin'): Field => [
  'authorization',
  `Bearer ${at.tokens[person]}`,
];

const pseudo = (method = 'GET', path = PODS): Field[] => [
  [':method', method],
  [':scheme', 'https'],
  [':authority', 'localhost'],
  [':path', path],
];

/** What is behind the pseudo-headers of a GET of an administrator's, and may not be there. */
const FIELDS: readonly (readonly [what: string, fields: readonly Field[]])[] = [
  ['transfer-encoding', [['transfer-encoding', 'chunked']]],
  ['connection: close', [['connection', 'close']]],
  ['connection that names a header', [['connection', 'impersonate-user']]],
  ['keep-alive', [['keep-alive', 'timeout=5']]],
  ['proxy-connection', [['proxy-connection', 'keep-alive']]],
  ['upgrade', [['upgrade', 'websocket']]],
  ['upgrade to h2c', [['upgrade', 'h2c']]],
  ['te: gzip', [['te', 'gzip']]],
  ['a length without a body', [['content-length', '3']]],
  [
    'two lengths',
    [
      ['content-length', '0'],
      ['content-length', '3'],
    ],
  ],
  ['a length that is no number', [['content-length', '+0']]],
  ['a length with a zero before it', [['content-length', '00']]],
  [
    'a pseudo-header behind a header',
    [
      ['x', '1'],
      [':path', '/api/v1/secrets'],
    ],
  ],
  ['a second :path', [[':path', '/api/v1/secrets']]],
  ['a second :method', [[':method', 'DELETE']]],
  ['a second :authority', [[':authority', 'evil']]],
  ['an unknown pseudo-header', [[':user', 'admin']]],
  [':status', [[':status', '200']]],
  [':protocol', [[':protocol', 'websocket']]],
  ['a Host that is not the authority', [['host', 'evil']]],
  ['two tokens', [['authorization', 'Bearer x']]],
  ['S-181 201 fields', Array.from({ length: 196 }, (_, index): Field => [`x-${index}`, '1'])],
];

/** Fields that can't be any: nghttp2 takes them out, and what is left must be as if they had not been there. */
const DROPPED: readonly (readonly [what: string, field: Field])[] = [
  ['CRLF in a value', ['x-a', '1\r\nimpersonate-user: jane']],
  ['LF in a value', ['x-a', '1\nimpersonate-user: jane']],
  ['CR in a value', ['x-a', '1\r2']],
  ['a NUL in a value', ['x-a', 'a\0b']],
  ['a blank before a value', ['x-a', ' 1']],
  ['an empty name', ['', '1']],
  ['capitals in a name', ['Impersonate-User', 'jane']],
  ['a blank in a name', ['x a', '1']],
  ['a colon in a name', ['x:a', '1']],
  ['CRLF in a name', ['x\r\nimpersonate-user', 'jane']],
  ['a NUL in a name', ['x\0', '1']],
  ['a byte over 0x7f in a name', ['x\xe9', '1']],
];

const without = (name: string) => pseudo().filter(([each]) => each !== name);
const changed = (name: string, value: string): Field[] =>
  pseudo().map(([each, was]) => [each, each === name ? value : was]);

const PSEUDO: readonly (readonly [what: string, fields: () => readonly Field[]])[] = [
  ['no :method', () => without(':method')],
  ['no :path', () => without(':path')],
  ['no :scheme', () => without(':scheme')],
  ['an empty :path', () => changed(':path', '')],
  ['a blank in :path', () => changed(':path', `${PODS} HTTP/1.1`)],
  ['CRLF in :path', () => changed(':path', `${PODS} HTTP/1.1\r\nImpersonate-User: jane\r\n\r\n`)],
  ['a TAB in :path', () => changed(':path', `${PODS}\tx`)],
  ['a NUL in :path', () => changed(':path', `${PODS}\0`)],
  ['a byte over 0x7f in :path', () => changed(':path', `${PODS}/\xe9`)],
  [':path without a slash', () => changed(':path', 'api/v1/pods')],
  [':path of another host', () => changed(':path', 'http://evil/api/v1/pods')],
  [':path *', () => changed(':path', '*')],
  ['an empty :method', () => changed(':method', '')],
  ['a blank in :method', () => changed(':method', 'GET /api/v1/secrets HTTP/1.1\r\nx:')],
  [':method in lower case', () => changed(':method', 'get')],
  ['S-187 CONNECT with a path', () => changed(':method', 'CONNECT')],
  [
    'S-187 CONNECT',
    () => [
      [':method', 'CONNECT'],
      [':authority', 'evil:443'],
    ],
  ],
  ['S-187 TRACE', () => changed(':method', 'TRACE')],
  ['S-187 PROPFIND', () => changed(':method', 'PROPFIND')],
  ['S-187 PRI', () => changed(':method', 'PRI')],
  ['an authority with user information', () => changed(':authority', 'user@localhost')],
  ['an authority with a path', () => changed(':authority', 'localhost/x')],
  ['CRLF in the authority', () => changed(':authority', 'localhost\r\nx: y')],
];

describe('S-182 a request over HTTP/2', () => {
  it.each(FIELDS)('is refused with %s', async (_what, fields) => {
    const { status } = await sendFields(at.sallyport, [...pseudo(), bearer(), ...fields]);
    expect([undefined, 400]).toContain(status);
    expect(await at.seen()).toEqual({ requests: [], bytes: [] });
  });

  it.each(PSEUDO)('is refused with %s', async (_what, fields) => {
    const { status } = await sendFields(at.sallyport, [...fields(), bearer()]);
    expect([undefined, 400, 405]).toContain(status);
    expect(await at.seen()).toEqual({ requests: [], bytes: [] });
  });

  it.each(DROPPED)('goes up without what is no field, or not at all: %s', async (_what, field) => {
    const { status } = await sendFields(at.sallyport, [...pseudo(), bearer(), field]);
    const { requests, bytes } = await at.seen();
    expect([undefined, 200, 400]).toContain(status);
    expect(requests).toHaveLength(status === 200 ? 1 : 0);
    if (status === 200) expect(bytes.join('')).toMatch(/\r\nimpersonate-user: admin\r\n/);
    expect(bytes.join('')).not.toContain('jane');
  });

  it.each([
    ['more', 'abcd', '3'],
    ['less', 'ab', '3'],
  ])('with %s of a body than its length says never becomes a whole one', async (_what, body, length) => {
    const fields: Field[] = [...pseudo('POST'), bearer(), ['content-length', length]];
    const { status } = await sendFields(at.sallyport, fields, body);
    expect([undefined, 400]).toContain(status);
    expect((await at.seen()).requests).toEqual([]);
  });

  it('S-177 is refused when it is a HEAD with a body', async () => {
    expect((await sendFields(at.sallyport, [...pseudo('HEAD'), bearer()], 'abc')).status).toBe(400);
    expect(await at.seen()).toEqual({ requests: [], bytes: [] });
  });

  it.each([
    ['with a length', [['content-length', '3']], 'content-length: 3'],
    ['without one', [], 'transfer-encoding: chunked'],
  ] as const)('has its body framed anew, %s', async (_what, fields, expected) => {
    const { status } = await sendFields(at.sallyport, [...pseudo('POST'), bearer(), ...fields], 'abc');
    expect(status).toBe(200);
    const { requests, bytes } = await at.seen();
    expect(requests.map(({ body }) => body)).toEqual(['abc']);
    expect(bytes.join('')).toMatch(new RegExp(`\r\n(?:${expected}|content-length: 3)\r\n`));
  });

  it.each(['y 100-continue', '200-ok'])('S-180 is a 417 with Expect: %s', async (expected) => {
    const fields: Field[] = [...pseudo('POST'), bearer(), ['expect', expected]];
    expect((await sendFields(at.sallyport, fields, 'abc')).status).toBe(417);
    expect(await at.seen()).toEqual({ requests: [], bytes: [] });
  });

  it.each<readonly [what: string, trailer: readonly Field[]]>([
    [
      'identity',
      [
        ['impersonate-user', 'jane'],
        ['authorization', 'Bearer x'],
      ],
    ],
    ['a length', [['content-length', '9']]],
    ['a pseudo-header', [[':path', '/api/v1/secrets']]],
    ['transfer-encoding', [['transfer-encoding', 'chunked']]],
  ])('S-176 has nothing of a trailer that holds %s', async (_what, trailer) => {
    const connection = await connectHttp2(at.sallyport);
    connection.write(headers(1, [...pseudo('POST'), bearer()], 0));
    connection.write(frame(frameType.data, 0, 1, 'abc'));
    connection.write(headers(1, trailer, flag.endStream));
    const { status } = await connection.answer(1);
    connection.socket.destroy();
    expect([undefined, 200]).toContain(status);
    const { requests, bytes } = await at.seen();
    expect(requests).toHaveLength(status === 200 ? 1 : 0);
    for (const { url, rawHeaders, body } of requests) {
      expect([url, body]).toEqual([PODS, 'abc']);
      expect(rawHeaders[rawHeaders.indexOf('impersonate-user') + 1]).toBe('admin');
    }
    expect(bytes.join('')).not.toMatch(/jane|secrets|Bearer x|content-length: 9/);
  });

  it('S-179 is judged alone beside those of other people on the same connection', async () => {
    const connection = await connectHttp2(at.sallyport);
    const people = ['jane', 'bob', 'admin', 'nobody', 'bob', 'jane'] as const;
    people.forEach((person, index) => {
      const token: Field = ['authorization', `Bearer ${at.tokens[person as 'jane'] ?? 'none'}`];
      connection.write(headers(2 * index + 1, [...pseudo('GET', `${PODS}/${index}`), token]));
    });
    const answers = [];
    for (const index of people.keys()) answers.push(await connection.answer(2 * index + 1));
    connection.socket.destroy();
    expect(answers.map(({ status }) => status)).toEqual([200, 403, 200, 401, 403, 200]);
    for (const [index, { status, text }] of answers.entries()) {
      if (status !== 200) continue;
      const { url, rawHeaders } = JSON.parse(text);
      expect([url, rawHeaders[rawHeaders.indexOf('impersonate-user') + 1]]).toEqual([
        `${PODS}/${index}`,
        people[index],
      ]);
    }
  });
});
