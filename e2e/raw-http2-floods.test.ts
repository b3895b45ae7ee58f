import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askGateway } from './support/gateway-request.ts';
import { type Field, flag, frame, frameType, headerBlock, headers, uint32 } from './support/http2-frames.ts';
import { keptMemory } from './support/kept-memory.ts';
import { PODS, type RawGateway, startRawGateway } from './support/raw-gateway.ts';
import { connectHttp2, type Http2Connection } from './support/raw-request.ts';

/** What the process may grow by under one flood, in MiB: far less than what the floods would cost if they were kept. */
const MOST_GROWN = 64;
const CANCEL = 8;

let at: RawGateway;

beforeAll(async () => {
  at = await startRawGateway();
});

afterAll(async () => {
  await at?.expectUnharmed();
  await at?.close();
});

const pseudo = (method = 'GET'): Field[] => [
  [':method', method],
  [':scheme', 'https'],
  [':authority', 'localhost'],
  [':path', PODS],
];

const own = (): Field => ['authorization', `Bearer ${at.tokens.admin}`];

function times(count: number, make: (index: number) => Buffer): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, index) => make(index)));
}

const stream = (index: number) => 2 * index + 1;
const reset = (index: number) => frame(frameType.rstStream, 0, stream(index), uint32(CANCEL));

/** A block that puts one long field into the server's table, and many that are nothing but references to it. */
function amplified(index: number): Buffer {
  const long = headerBlock([['x', 'a'.repeat(3_900)]]);
  long[0] = 0x40;
  const block = [headerBlock(pseudo()), index === 0 ? long : Buffer.alloc(0), Buffer.alloc(8_000, 0x80 | 62)];
  return frame(frameType.headers, flag.endStream | flag.endHeaders, stream(index), Buffer.concat(block));
}

const FLOODS: readonly (readonly [what: string, closes: boolean, bytes: () => Buffer])[] = [
  [
    'rapid reset by nobody',
    true,
    () => times(5_000, (index) => Buffer.concat([headers(stream(index), pseudo()), reset(index)])),
  ],
  [
    'rapid reset by somebody',
    true,
    () =>
      times(3_000, (index) => Buffer.concat([headers(stream(index), [...pseudo(), own()]), reset(index)])),
  ],
  [
    'CONTINUATION without end',
    true,
    () =>
      Buffer.concat([
        frame(frameType.headers, flag.endStream, 1, headerBlock(pseudo())),
        times(1_000, () => frame(frameType.continuation, 0, 1, headerBlock([['x', 'y'.repeat(16_000)]]))),
      ]),
  ],
  [
    'empty CONTINUATION without end',
    true,
    () =>
      Buffer.concat([
        frame(frameType.headers, flag.endStream, 1, headerBlock(pseudo())),
        times(20_000, () => frame(frameType.continuation, 0, 1)),
      ]),
  ],
  ['WINDOW_UPDATE', false, () => times(50_000, () => frame(frameType.windowUpdate, 0, 0, uint32(1)))],
  [
    'a window beyond its limit',
    true,
    () => times(2, () => frame(frameType.windowUpdate, 0, 0, uint32(0x7fffffff))),
  ],
  [
    'SETTINGS',
    true,
    () => times(20_000, () => frame(frameType.settings, 0, 0, Buffer.from([0, 4, 0, 0, 255, 255]))),
  ],
  ['PING', true, () => times(20_000, () => frame(frameType.ping, 0, 0, Buffer.alloc(8)))],
  [
    'PRIORITY',
    true,
    () => times(20_000, (index) => frame(frameType.priority, 0, stream(index), Buffer.from([0, 0, 0, 0, 1]))),
  ],
  [
    'empty DATA',
    true,
    () =>
      Buffer.concat([
        headers(1, [...pseudo('POST'), own()], 0),
        times(20_000, () => frame(frameType.data, 0, 1)),
      ]),
  ],
  ['header fields by reference', false, () => times(20, amplified)],
  [
    'more streams than allowed',
    false,
    () => times(500, (index) => headers(stream(index), [...pseudo('POST'), own()], 0)),
  ],
  [
    'answers that nobody reads',
    false,
    () =>
      Buffer.concat([
        frame(frameType.settings, 0, 0, Buffer.from([0, 4, 0, 0, 0, 0])),
        times(100, (index) => headers(stream(index), [...pseudo(), own()])),
      ]),
  ],
  ['a stream of the server’s', true, () => headers(2, pseudo())],
  ['a frame that is too long', true, () => frame(frameType.data, 0, 1, Buffer.alloc(20_000))],
  ['bytes that are no frames', true, () => Buffer.alloc(5_000, 0xff)],
];

/** Three floods, each on a connection of its own, and what somebody else is answered meanwhile. */
async function flood(bytes: Buffer, closes: boolean): Promise<void> {
  const connections: Http2Connection[] = [];
  for (let round = 0; round < 3; round += 1) {
    const connection = await connectHttp2(at.sallyport);
    connections.push(connection);
    connection.write(bytes);
    const { body } = await askGateway(at.sallyport, PODS, {
      headers: { authorization: `Bearer ${at.tokens.jane}` },
    });
    expect(JSON.parse(body)).toMatchObject({ method: 'GET', url: PODS });
    if (closes) await connection.ended();
    else await connection.ping();
  }
  for (const { socket } of connections) socket.destroy();
  at.upstream.take();
}

describe('S-242 a flood over HTTP/2', { timeout: 30_000 }, () => {
  it.each(FLOODS)('of %s harms nobody else', async (_what, closes, bytes) => {
    const kept = await keptMemory(at.sallyport.pid, MOST_GROWN, () => flood(bytes(), closes));
    expect(kept).toBeLessThan(MOST_GROWN);
  });
});
