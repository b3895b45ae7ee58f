import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Field, flag, frame, frameType, headers, uint32 } from './support/http2-frames.ts';
import { DROPPED_FIELDS, pseudo, REFUSED_FIELDS, REFUSED_PSEUDO } from './support/malformed-http2.ts';
import { connectHttp2, sendFields } from './support/raw-request.ts';
import { type RawService, startRawService } from './support/raw-service.ts';
import type { Seen } from './support/recording-upstream.ts';

const NOTHING: Seen = { requests: [], bytes: [] };

let at: RawService;

beforeAll(async () => {
  at = await startRawService();
});

afterEach(() => void at.upstream.take());

afterAll(async () => {
  await at?.expectUnharmed();
  await at?.close();
});

const bearer = (person: keyof RawService['tokens'] = 'jane'): Field => [
  'authorization',
  `Bearer ${at.tokens[person]}`,
];
const page = (method = 'GET') => pseudo(method, '/page');
const ask = (fields: readonly Field[], body = '') => sendFields(at.whole, fields, body);

describe('a request to a service over HTTP/2', () => {
  it.each(REFUSED_FIELDS)('S-182 is refused with %s', async (_what, fields) => {
    expect([undefined, 400]).toContain((await ask([...page(), bearer(), ...fields])).status);
    expect(await at.seen()).toEqual(NOTHING);
  });

  it.each(REFUSED_PSEUDO)('S-182 is refused with %s', async (_what, fields) => {
    expect([undefined, 400, 405]).toContain((await ask([...fields('/page'), bearer()])).status);
    expect(await at.seen()).toEqual(NOTHING);
  });

  it.each(DROPPED_FIELDS)(
    'S-182 goes on without what is no field, or not at all: %s',
    async (_what, field) => {
      const { status } = await ask([...page(), bearer(), field]);
      const { requests, bytes } = await at.seen();
      expect([undefined, 200, 400]).toContain(status);
      expect(requests).toHaveLength(status === 200 ? 1 : 0);
      if (status === 200) expect(bytes.join('')).toMatch(/\r\nx-remote-user: jane\r\n/);
      expect(bytes.join('')).not.toMatch(/impersonate/i);
    },
  );

  it.each<readonly [what: string, trailer: readonly Field[]]>([
    [
      'identity',
      [
        ['x-remote-user', 'root'],
        ['authorization', 'Bearer x'],
      ],
    ],
    ['a length', [['content-length', '9']]],
    ['a pseudo-header', [[':path', '/secret']]],
    ['transfer-encoding', [['transfer-encoding', 'chunked']]],
  ])('S-176 has nothing of a trailer that holds %s', async (_what, trailer) => {
    const { status } = await sendFields(at.whole, [...page('POST'), bearer()], 'abc', trailer);
    expect([undefined, 200]).toContain(status);
    const { requests, bytes } = await at.seen();
    expect(requests.map(({ url, body }) => [url, body])).toEqual(status === 200 ? [['/page', 'abc']] : []);
    expect(bytes.join('')).not.toMatch(/root|secret|Bearer x|content-length: 9/);
  });

  it('S-177 is refused when it is a HEAD with a body', async () => {
    expect((await ask([...page('HEAD'), bearer()], 'abc')).status).toBe(400);
    expect(await at.seen()).toEqual(NOTHING);
  });

  it.each<readonly [what: string, method: string, fields: readonly Field[]]>([
    ['with a length', 'POST', [['content-length', '3']]],
    ['without one', 'POST', []],
    ['of a GET', 'GET', [['content-length', '3']]],
  ])('S-177 has its body framed anew, %s', async (_what, method, fields) => {
    expect((await ask([...page(method), bearer(), ...fields], 'abc')).status).toBe(200);
    const { requests, bytes } = await at.seen();
    expect(requests.map(({ body }) => body)).toEqual(['abc']);
    expect(
      bytes.join('').match(/\r\n(?:content-length: 3|transfer-encoding: chunked)(?=\r\n)/g),
    ).toHaveLength(1);
  });

  it.each([
    ['more', 'abcd'],
    ['less', 'ab'],
  ])('S-182 with %s of a body than its length says never becomes a whole one', async (_what, body) => {
    const { status } = await ask([...page('POST'), bearer(), ['content-length', '3']], body);
    expect([undefined, 400]).toContain(status);
    expect((await at.seen()).requests).toEqual([]);
  });

  it('S-178 is answered before its body is there, which nobody waits for', async () => {
    const connection = await connectHttp2(at.whole);
    connection.write(headers(1, [...page('POST'), bearer('bob')], 0));
    connection.write(frame(frameType.data, 0, 1, 'x'.repeat(1_000)));
    expect((await connection.answer(1)).status).toBe(403);
    const isReset = ({ type, stream }: { type: number; stream: number }) =>
      type === frameType.rstStream && stream === 1;
    await connection.when(() => connection.frames().some(isReset));
    expect(connection.frames().find(isReset)?.payload).toEqual(uint32(0));
    connection.write(frame(frameType.data, flag.endStream, 1, 'x'.repeat(1_000)));
    connection.write(headers(3, [...page(), bearer()]));
    expect(JSON.parse((await connection.answer(3)).text)).toMatchObject({ method: 'GET', body: '' });
    connection.socket.destroy();
    expect((await at.seen()).requests.map(({ method }) => method)).toEqual(['GET']);
  });

  it('S-179 is judged alone beside those of other people on the same connection', async () => {
    const connection = await connectHttp2(at.whole);
    const people = ['jane', 'bob', 'jane', 'nobody', 'bob', 'jane'];
    people.forEach((person, index) => {
      const token: Field = ['authorization', `Bearer ${at.tokens[person as 'jane'] ?? 'none'}`];
      connection.write(headers(2 * index + 1, [...pseudo('GET', `/${index}`), token]));
    });
    const statuses = [];
    for (const index of people.keys()) statuses.push((await connection.answer(2 * index + 1)).status);
    connection.socket.destroy();
    expect(statuses).toEqual([200, 403, 200, 401, 403, 200]);
    expect((await at.seen()).requests.map(({ url }) => url).toSorted()).toEqual(['/0', '/2', '/5']);
  });

  it.each(['y 100-continue', '200-ok'])('S-180 is a 417 with Expect: %s', async (expected) => {
    expect((await ask([...page('POST'), bearer(), ['expect', expected]], 'abc')).status).toBe(417);
    expect(await at.seen()).toEqual(NOTHING);
  });

  it.each<readonly [form: string, expected: number]>([
    ['bearer TOKEN', 200],
    ['Bearer  TOKEN', 401],
    ['Bearer TOKEN,TOKEN', 401],
    ['Basic TOKEN', 401],
    ['TOKEN', 401],
    ['Bearer \xe9', 401],
  ])('S-215 reads %j as %i', async (form, expected) => {
    const value = form.replaceAll('TOKEN', at.tokens.jane);
    expect((await ask([...page(), ['authorization', value]])).status).toBe(expected);
    expect((await at.seen()).requests).toHaveLength(expected === 200 ? 1 : 0);
  });

  it('S-215 reads no token in the query', async () => {
    const target = `/page?access_token=${at.tokens.jane}`;
    expect((await ask(pseudo('GET', target))).status).toBe(401);
    expect(await at.seen()).toEqual(NOTHING);
  });
});
