import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Field, type Frame, flag, frame, frameType, headers, uint32 } from './support/http2-frames.ts';
import { DROPPED_FIELDS, pseudo, REFUSED_FIELDS, REFUSED_PSEUDO } from './support/malformed-http2.ts';
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

const isReset =
  (wanted: number) =>
  ({ type, stream }: Frame) =>
    type === frameType.rstStream && stream === wanted;

describe('S-182 a request over HTTP/2', () => {
  it.each(REFUSED_FIELDS)('is refused with %s', async (_what, fields) => {
    const { status } = await sendFields(at.sallyport, [...pseudo(), bearer(), ...fields]);
    expect([undefined, 400]).toContain(status);
    expect(await at.seen()).toEqual({ requests: [], bytes: [] });
  });

  it.each(REFUSED_PSEUDO)('is refused with %s', async (_what, fields) => {
    const { status } = await sendFields(at.sallyport, [...fields(PODS), bearer()]);
    expect([undefined, 400, 405]).toContain(status);
    expect(await at.seen()).toEqual({ requests: [], bytes: [] });
  });

  it.each(DROPPED_FIELDS)('goes up without what is no field, or not at all: %s', async (_what, field) => {
    const { status } = await sendFields(at.sallyport, [...pseudo(), bearer(), field]);
    const { requests, bytes } = await at.seen();
    expect([undefined, 200, 400]).toContain(status);
    expect(requests).toHaveLength(status === 200 ? 1 : 0);
    if (status === 200) expect(bytes.join('')).toMatch(/\r\nimpersonate-user: admin\r\n/);
    expect(bytes.join('')).not.toContain('jane');
  });

  // node:http2 takes such a field out, and tells nobody. docs/explanation/security.md says so, too: when this fails, it can be
  // refused at last.
  it.each(['\0', '\r', '\n', '\x7f'])(
    'runs as its caller when the assumed name has a %j',
    async (character) => {
      const { status } = await sendFields(at.sallyport, [
        ...pseudo(),
        bearer(),
        ['impersonate-user', `ja${character}ne`],
      ]);
      expect(status).toBe(200);
      expect((await at.seen()).bytes.join('')).toMatch(/\r\nimpersonate-user: admin\r\n/);
    },
  );

  it.each<readonly [what: string, fields: () => readonly Field[], expected: number]>([
    ['the token', () => [['authorization', 'Bearer \xe9']], 401],
    ['the end of the token', () => [['authorization', `${bearer()[1]}\xe9`]], 401],
    ['the assumed name', () => [bearer(), ['impersonate-user', 'j\xe9ne']], 400],
  ])('S-173 is refused with a byte over 0x7f in %s', async (_what, fields, expected) => {
    expect((await sendFields(at.sallyport, [...pseudo(), ...fields()])).status).toBe(expected);
    expect(await at.seen()).toEqual({ requests: [], bytes: [] });
  });

  it('S-173 keeps bytes over 0x7f where they decide nothing', async () => {
    const fields: Field[] = [...pseudo(), bearer(), ['user-agent', 'caf\xe9 \xff']];
    expect((await sendFields(at.sallyport, fields)).status).toBe(200);
    expect((await at.seen()).bytes.join('')).toContain('\r\nuser-agent: caf\xe9 \xff\r\n');
  });

  it.each([
    ['announced', [['content-length', '100000000']]],
    ['unannounced', []],
  ] as const)(
    'S-178 is answered before its %s body is there, which nobody waits for',
    async (_what, fields) => {
      const connection = await connectHttp2(at.sallyport);
      connection.write(headers(1, [...pseudo('POST'), bearer('bob'), ...fields], 0));
      connection.write(frame(frameType.data, 0, 1, 'x'.repeat(1000)));
      expect((await connection.answer(1)).status).toBe(403);
      // RFC 9113 §8.1: NO_ERROR tells the client to stop sending, and to keep the answer.
      await connection.when(() => connection.frames().some(isReset(1)));
      expect(connection.frames().find(isReset(1))?.payload).toEqual(uint32(0));
      // What was on its way meanwhile is nobody's, and the connection is as good as before.
      connection.write(frame(frameType.data, flag.endStream, 1, 'x'.repeat(1000)));
      connection.write(headers(3, [...pseudo(), bearer('jane')]));
      expect(JSON.parse((await connection.answer(3)).text)).toMatchObject({
        method: 'GET',
        url: PODS,
        body: '',
      });
      connection.socket.destroy();
      expect((await at.seen()).requests.map(({ method }) => method)).toEqual(['GET']);
    },
  );

  it('S-178 takes no more of a refused body than a window, however much the client wants to send', async () => {
    const connection = await connectHttp2(at.sallyport);
    connection.write(headers(1, [...pseudo('POST'), bearer('bob')], 0));
    const piece = frame(frameType.data, 0, 1, 'x'.repeat(16_000));
    for (let sent = 0; sent < 3; sent += 1) connection.write(piece);
    await connection.ping();
    const given = connection
      .frames()
      .filter(({ type, stream }) => type === frameType.windowUpdate && stream === 1)
      .reduce((sum, { payload }) => sum + payload.readUInt32BE(0), 0);
    expect(given).toBeLessThanOrEqual(65_536);
    connection.socket.destroy();
    expect(await at.seen()).toEqual({ requests: [], bytes: [] });
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
    const { status } = await sendFields(at.sallyport, [...pseudo('POST'), bearer()], 'abc', trailer);
    expect([undefined, 200]).toContain(status);
    const { requests, bytes } = await at.seen();
    expect(requests).toHaveLength(status === 200 ? 1 : 0);
    for (const { url, rawHeaders, body } of requests) {
      expect([url, body]).toEqual([PODS, 'abc']);
      expect(rawHeaders[rawHeaders.indexOf('impersonate-user') + 1]).toBe('admin');
    }
    expect(bytes.join('')).not.toMatch(/jane|secrets|Bearer x|content-length: 9/);
  });

  it.each([
    ['a token of nobody', [['authorization', 'Bearer none']], PODS, 401],
    ['no token', [], PODS, 401],
  ] as const)('S-242 is the last but for what is under way with %s', async (_what, fields, path, status) => {
    const connection = await connectHttp2(at.sallyport);
    const length: Field = ['content-length', '2'];
    connection.write(headers(1, [...pseudo('POST'), bearer('jane'), length], 0));
    connection.write(headers(3, [...pseudo('GET', path), ...fields]));
    expect((await connection.answer(3)).status).toBe(status);
    const isGoaway = ({ type }: Frame) => type === frameType.goaway;
    await connection.when(() => connection.frames().some(isGoaway));
    expect(connection.frames().find(isGoaway)?.payload).toEqual(Buffer.concat([uint32(3), uint32(0)]));
    // What comes later is not looked at; what came before is finished, and then the connection is closed.
    connection.write(headers(5, [...pseudo(), bearer('jane')]));
    connection.write(frame(frameType.data, flag.endStream, 1, '{}'));
    const { status: finished, text } = await connection.answer(1);
    expect([finished, JSON.parse(text).body]).toEqual([200, '{}']);
    await connection.ended();
    expect(connection.frames().filter(({ stream }) => stream === 5)).toEqual([]);
    expect((await at.seen()).requests.map(({ method }) => method)).toEqual(['POST']);
  });

  it('S-179 is judged alone beside those of other people on the same connection', async () => {
    const connection = await connectHttp2(at.sallyport);
    const people = ['jane', 'bob', 'admin', 'bob', 'jane', 'nobody'] as const;
    people.forEach((person, index) => {
      const token: Field = ['authorization', `Bearer ${at.tokens[person as 'jane'] ?? 'none'}`];
      connection.write(headers(2 * index + 1, [...pseudo('GET', `${PODS}/${index}`), token]));
    });
    const answers = [];
    for (const index of people.keys()) answers.push(await connection.answer(2 * index + 1));
    connection.socket.destroy();
    expect(answers.map(({ status }) => status)).toEqual([200, 403, 200, 403, 200, 401]);
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
