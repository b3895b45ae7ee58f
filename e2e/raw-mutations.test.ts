import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PODS, type RawGateway, startRawGateway } from './support/raw-gateway.ts';
import { connectRaw, statusesOf } from './support/raw-tls.ts';

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

let at: RawGateway;

beforeAll(async () => {
  at = await startRawGateway();
});

afterAll(async () => {
  await at?.expectUnharmed();
  await at?.close();
});

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
        for (const { url, rawHeaders, body } of requests) {
          // The version is not part of the right, as in Kubernetes.
          expect(url).toMatch(/^\/api\/[^/]+\/namespaces\/dev\/pods/);
          expect(bytes).toContain(`${url} HTTP/1.1`);
          expect(body.length).toBeLessThanOrEqual(5);
          expect(rawHeaders.filter((_, index) => rawHeaders[index - 1] === 'impersonate-user')).toEqual([
            'jane',
          ]);
        }
      },
    ),
    { numRuns: RUNS, seed: 183 },
  );
  // Else the property would say nothing.
  expect(admitted).toBeGreaterThan(RUNS / 30);
});
