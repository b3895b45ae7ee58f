import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Field, flag, frame, frameType, headers } from './support/http2-frames.ts';
import { PODS, type RawGateway, startRawGateway } from './support/raw-gateway.ts';
import { connectHttp2 } from './support/raw-request.ts';
import { connectRaw, statusesOf } from './support/raw-tls.ts';
import type { SeenRequest } from './support/recording-upstream.ts';

const RUNS = 300;
/** What parsers disagree about. */
const PIECES = [
  ...[
    '\r\n',
    '\n',
    '\r',
    '\r\n\r\n',
    ' ',
    '\t',
    '\0',
    '\x0b',
    '\xa0',
    ':',
    ',',
    ';',
    '#',
    '%',
    '%2f',
    '..',
    '//',
    '\\',
    '0',
    '5',
  ],
  ...[
    'chunked',
    'Transfer-Encoding: chunked\r\n',
    'Content-Length: 5\r\n',
    'Content-Length: 0\r\n',
    'Host: evil\r\n',
  ],
  ...[
    'Connection: Impersonate-User\r\n',
    'Impersonate-User: admin\r\n',
    '0\r\n\r\n',
    `GET ${PODS}/smuggled HTTP/1.1\r\n\r\n`,
  ],
];

const mutation = fc.record({
  at: fc.nat(10_000),
  remove: fc.nat(3),
  insert: fc.constantFrom(...PIECES, ''),
});

/** Fields and frames that a parser may take for others, or add to those that are there. */
const FIELDS: readonly Field[] = [
  [':path', '/api/v1/secrets'],
  [':method', 'DELETE'],
  [':authority', 'evil'],
  [':scheme', 'http'],
  [':status', '200'],
  ['host', 'evil'],
  ['content-length', '0'],
  ['content-length', '3'],
  ['transfer-encoding', 'chunked'],
  ['connection', 'impersonate-user'],
  ['te', 'trailers'],
  ['expect', '100-continue'],
  ['authorization', 'Bearer x'],
  ['impersonate-user', 'admin'],
  ['x', '1\r\nimpersonate-user: admin'],
  ['x\r\nimpersonate-user', 'admin'],
  ['X', '1'],
  ['', ''],
];

const fieldMutation = fc.record({
  at: fc.nat(20),
  remove: fc.boolean(),
  field: fc.option(fc.constantFrom(...FIELDS), { nil: undefined }),
  /** Into the value of the field that is there then. */
  piece: fc.constantFrom(...PIECES, '', '', ''),
  place: fc.nat(200),
});

let at: RawGateway;

beforeAll(async () => {
  at = await startRawGateway();
});

afterAll(async () => {
  await at?.expectUnharmed();
  await at?.close();
});

/** The rights that jane has end here, and so must what is asked in her name. */
function expectJanes({ url, rawHeaders, body }: SeenRequest): void {
  // The version is not part of the right, as in Kubernetes.
  expect(url).toMatch(/^\/api\/[^/]+\/namespaces\/dev\/pods/);
  expect(body.length).toBeLessThanOrEqual(5);
  expect(rawHeaders.filter((_, index) => rawHeaders[index - 1] === 'impersonate-user')).toEqual(['jane']);
}

it('S-183 whatever is done to a request, it goes up at most once, as who sent it, or not at all', async () => {
  let admitted = 0;
  const send = async (bytes: string) => {
    const connection = await connectRaw(at.sallyport);
    connection.write(bytes);
    // What has not been answered by then waits for more, and ends with this.
    const early = await at.seen();
    connection.socket.end();
    const statuses = statusesOf(await connection.ended());
    const late = await at.seen();
    return {
      statuses,
      requests: [...early.requests, ...late.requests],
      upstream: [...early.bytes, ...late.bytes].join(''),
    };
  };
  const good = (chunked: boolean) => {
    const framing = chunked ? 'Transfer-Encoding: chunked' : 'Content-Length: 3';
    const lines = [`POST ${PODS} HTTP/1.1`, 'Host: localhost', framing, 'Authorization: Bearer @'];
    return `${lines.join('\r\n')}\r\nConnection: close\r\n\r\n${chunked ? '3\r\nabc\r\n0\r\n\r\n' : 'abc'}`;
  };
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.array(mutation, { minLength: 1, maxLength: 3 }),
      async (chunked, mutations) => {
        let bytes = good(chunked);
        for (const { at: place, remove, insert } of mutations) {
          const from = place % bytes.length;
          bytes = bytes.slice(0, from) + insert + bytes.slice(from + remove);
        }
        // Most of a request is its token, whose faults are found elsewhere.
        bytes = bytes.replace('@', at.tokens.jane);
        const { statuses, requests, upstream } = await send(bytes);
        admitted += requests.length;
        expect(requests.length).toBeLessThanOrEqual(1);
        expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(requests.length);
        expect(upstream).not.toMatch(/smuggled HTTP|evil/);
        for (const request of requests) {
          expectJanes(request);
          expect(bytes).toContain(`${request.url} HTTP/1.1`);
        }
      },
    ),
    { numRuns: RUNS, seed: 183 },
  );
  // Else the property would say nothing.
  expect(admitted).toBeGreaterThan(RUNS / 30);
});

it('S-183 whatever is done to a request over HTTP/2, it goes up at most once, as who sent it, or not at all', async () => {
  let admitted = 0;
  const good = (): Field[] => [
    [':method', 'POST'],
    [':scheme', 'https'],
    [':authority', 'localhost'],
    [':path', PODS],
    ['authorization', `Bearer ${at.tokens.jane}`],
    ['accept', 'application/json'],
  ];
  const frames = fc.record({
    length: fc.option(fc.constantFrom('3', '2', '4', '0', '03'), { nil: undefined }),
    body: fc.constantFrom('abc', 'ab', '', 'abcde'),
    trailer: fc.array(fc.constantFrom(...FIELDS), { maxLength: 2 }),
    /** Behind the end of the stream. */
    again: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      frames,
      fc.array(fieldMutation, { maxLength: 3 }),
      async ({ length, body, trailer, again }, mutations) => {
        const fields = good();
        if (length !== undefined) fields.push(['content-length', length]);
        for (const { at: index, remove, field, piece, place } of mutations) {
          const here = index % (fields.length + 1);
          fields.splice(here, remove ? 1 : 0, ...(field === undefined ? [] : [field]));
          const [name, value] = fields[here] ?? ['', ''];
          if (piece !== '' && name !== 'authorization' && fields[here] !== undefined) {
            const from = place % (value.length + 1);
            fields[here] = [name, value.slice(0, from) + piece + value.slice(from)];
          }
        }
        const connection = await connectHttp2(at.sallyport);
        connection.write(headers(1, fields, 0));
        connection.write(frame(frameType.data, trailer.length === 0 ? flag.endStream : 0, 1, body));
        if (trailer.length > 0) connection.write(headers(1, trailer, flag.endStream));
        if (again) connection.write(frame(frameType.data, flag.endStream, 1, 'smuggled'));
        const { status } = await connection.answer(1);
        connection.socket.destroy();
        const { requests, bytes } = await at.seen();
        admitted += requests.length;
        expect(requests.length).toBeLessThanOrEqual(1);
        if (status === 200) expect(requests).toHaveLength(1);
        expect(bytes.join('')).not.toMatch(/smuggled|evil|secrets|impersonate-user: admin/);
        requests.forEach(expectJanes);
        for (const { url } of requests) expect(fields.map(([, value]) => value)).toContain(url);
      },
    ),
    { numRuns: RUNS, seed: 183 },
  );
  expect(admitted).toBeGreaterThan(RUNS / 30);
});
