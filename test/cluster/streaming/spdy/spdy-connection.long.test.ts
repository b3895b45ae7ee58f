import { duplexPair } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ping,
  rstStream,
  synReply,
  windowUpdate,
} from '../../../../src/cluster/streaming/spdy/encode-frame.ts';
import { type SpdyStream, serveSpdy } from '../../../../src/cluster/streaming/spdy/index.ts';
import { createSpdyClient } from '../support/spdy-client.ts';

function connect(onStream: (stream: SpdyStream) => void, options = {}) {
  const [near, far] = duplexPair();
  const connection = serveSpdy(far, onStream);
  return { client: createSpdyClient(near, options), transport: near, connection };
}

const polling = { interval: 1, timeout: 20_000 };
const echo = (stream: SpdyStream) => void stream.pipe(stream);

describe('serveSpdy', () => {
  it('gives every stream with its headers, and answers it', async () => {
    const types: (string | undefined)[] = [];
    const { client } = connect((stream) => types.push(stream.headers.get('streamtype')));
    for (const streamtype of ['error', 'data', 'error', 'data']) client.open({ streamtype });
    await expect.poll(() => types.length === 4, polling).toBe(true);
    expect(types).toEqual(['error', 'data', 'error', 'data']);
    await expect.poll(() => client.control.length === 4, polling).toBe(true);
    expect(client.control[3]).toMatchObject({ kind: 'SYN_REPLY', streamId: 7 });
  });

  it('carries bytes both ways, and ends each way by itself', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 5000 }), { maxLength: 10 }), async (pieces) => {
        const { client } = connect(echo);
        const stream = client.open({});
        for (const piece of pieces) await stream.send(Buffer.from(piece));
        stream.end();
        await stream.ended;
        expect(Buffer.concat(stream.received)).toEqual(Buffer.concat(pieces));
        expect(stream.isReset()).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['keeps windows', { keepsWindows: true }],
    ['never says how much it takes, as kubectl', {}],
  ])('neither hangs nor keeps 100 MB for a client that %s', async (_name, options) => {
    const piece = Buffer.alloc(64 * 1024, 'x');
    const count = 1600;
    let mostWaiting = 0;
    const { client } = connect((stream) => {
      stream.on('data', () => {
        mostWaiting = Math.max(mostWaiting, stream.writableLength, stream.readableLength);
      });
      stream.pipe(stream);
    }, options);
    const stream = client.open({});
    for (let sent = 0; sent < count; sent++) await stream.send(piece);
    stream.end();
    await stream.ended;
    expect(stream.length()).toBe(count * piece.length);
    expect(mostWaiting).toBeLessThan(1024 * 1024);
  });

  it('holds a client back that sends what nobody reads', async () => {
    const { client, connection } = connect(() => {});
    const stream = client.open({});
    let sent = 0;
    const sending = (async () => {
      for (; sent < 100; sent++) await stream.send(Buffer.alloc(64 * 1024));
    })();
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toBeLessThan(10);
    connection.end();
    void sending.catch(() => {});
  });

  it('sends a client no more than its windows take, once it keeps them', async () => {
    const { client, transport } = connect((stream) => {
      stream.on('error', () => {});
      stream.once('data', () => stream.write(Buffer.alloc(200_000)));
    });
    const stream = client.open({});
    transport.write(windowUpdate(stream.id, 1000));
    await stream.send('go');
    await expect.poll(() => stream.length() === 66_536, polling).toBe(true);
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(stream.length()).toBe(66_536);
    transport.write(windowUpdate(stream.id, 200_000));
    await expect.poll(() => stream.length() === 200_000, polling).toBe(true);
  });

  it('gives what a client has read back to its window', async () => {
    const { client } = connect((stream) => stream.resume());
    const stream = client.open({});
    for (let sent = 0; sent < 10; sent++) await stream.send(Buffer.alloc(32 * 1024));
    const updates = () =>
      client.control.filter((each) => (each as { kind: string }).kind === 'WINDOW_UPDATE');
    await expect
      .poll(() => updates().some((each) => (each as { streamId: number }).streamId === 1), polling)
      .toBe(true);
  });

  it('answers pings of the client only', async () => {
    const { client, transport } = connect(() => {});
    transport.write(ping(2));
    transport.write(ping(5));
    await expect.poll(() => client.control.length > 0, polling).toBe(true);
    expect(client.control).toEqual([{ kind: 'PING', id: 5 }]);
  });

  it('ends a stream that the client resets, and no other', async () => {
    const opened: SpdyStream[] = [];
    const { client, transport } = connect((stream) => {
      opened.push(stream);
      echo(stream);
    });
    const [first, second] = [client.open({}), client.open({})];
    transport.write(rstStream(first.id, 5));
    await expect.poll(() => opened[0]?.destroyed === true, polling).toBe(true);
    await second.send('still here');
    await expect.poll(() => second.text() === 'still here', polling).toBe(true);
  });

  it('takes no more streams than it can keep', async () => {
    const { client } = connect(() => {});
    const streams = Array.from({ length: 600 }, () => client.open({}));
    await streams.at(-1)?.ended;
    expect(streams.filter((stream) => stream.isReset())).toHaveLength(600 - 512);
  });

  it.each([
    ['what is no SPDY', Buffer.from('GET / HTTP/1.1\r\n\r\n'.repeat(8))],
    ['a reply that nobody asked for', synReply(1, Buffer.alloc(0))],
  ])('ends at %s', async (_name, bytes) => {
    const { transport, connection } = connect(() => {});
    // Read as a data frame's header, letters announce megabytes; the connection ends when they do not come.
    transport.end(bytes);
    await connection.over;
    expect(transport.destroyed || transport.readableEnded || transport.writableEnded).toBe(true);
  });

  it('survives whatever a client sends', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 200 })), async (pieces) => {
        const { transport, connection } = connect(echo);
        for (const piece of pieces) transport.write(Buffer.from(piece));
        transport.end();
        await connection.over;
      }),
      { numRuns: 100 },
    );
  });

  it('says goodbye', async () => {
    const { client, connection, transport } = connect(() => {});
    connection.end();
    transport.end();
    await connection.over;
    expect(client.control).toEqual([{ kind: 'GOAWAY' }]);
  });
});
