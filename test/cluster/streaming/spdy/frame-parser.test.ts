import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readControlFrame } from '../../../../src/cluster/streaming/spdy/control-frame.ts';
import {
  dataFrame,
  goAway,
  ping,
  rstStream,
  synReply,
  synStream,
  windowUpdate,
} from '../../../../src/cluster/streaming/spdy/encode-frame.ts';
import {
  type ControlFrame,
  createFrameParser,
  type DataPiece,
} from '../../../../src/cluster/streaming/spdy/frame-parser.ts';
import { SpdyProtocolError } from '../../../../src/cluster/streaming/spdy/protocol-error.ts';
import { cut } from '../support/cut.ts';

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const id = fc.integer({ min: 1, max: 0x7fffffff });

/** A frame and what it is to be read as. */
const frame: fc.Arbitrary<{ encoded: Buffer; read: unknown }> = fc.oneof(
  fc.tuple(id, bytes, fc.boolean()).map(([streamId, data, fin]) => ({
    encoded: dataFrame(streamId, data, fin),
    read: { type: 'data', streamId, data, fin },
  })),
  fc.tuple(id, bytes, fc.boolean()).map(([streamId, block, fin]) => ({
    encoded: synStream(streamId, block, fin),
    read: { kind: 'SYN_STREAM', streamId, fin, block },
  })),
  fc.tuple(id, bytes).map(([streamId, block]) => ({
    encoded: synReply(streamId, block),
    read: { kind: 'SYN_REPLY', streamId, fin: false, block },
  })),
  fc.tuple(id, id).map(([streamId, status]) => ({
    encoded: rstStream(streamId, status),
    read: { kind: 'RST_STREAM', streamId, status },
  })),
  id.map((number) => ({ encoded: ping(number), read: { kind: 'PING', id: number } })),
  id.map((last) => ({ encoded: goAway(last), read: { kind: 'GOAWAY' } })),
  fc.tuple(id, id).map(([streamId, delta]) => ({
    encoded: windowUpdate(streamId, delta),
    read: { kind: 'WINDOW_UPDATE', streamId, delta },
  })),
);

/** Pieces of one data frame put together again. */
function joined(pieces: readonly (DataPiece | ControlFrame)[], expected: readonly unknown[]): unknown[] {
  const read: unknown[] = [];
  let open: DataPiece | undefined;
  for (const piece of pieces) {
    if (piece.type === 'control') {
      read.push(readControlFrame(piece));
      continue;
    }
    open = { ...piece, data: Buffer.concat([open?.data ?? Buffer.alloc(0), piece.data]) };
    const { data } = expected[read.length] as { data: Buffer };
    if (open.data.length < data.length) continue;
    read.push(open);
    open = undefined;
  }
  return read;
}

describe('createFrameParser', () => {
  it('reads what was written, wherever it is cut', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 8 }), fc.array(fc.nat()), (frames, cuts) => {
        const parser = createFrameParser();
        const whole = Buffer.concat(frames.map(({ encoded }) => encoded));
        const pieces = cut(whole, cuts).flatMap((piece) => parser.push(piece));
        const expected = frames.map(({ read }) => read);
        expect(joined(pieces, expected)).toEqual(expected);
      }),
    );
  });

  it('throws nothing but SpdyProtocolError for whatever comes, and keeps no more than a control frame', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 20 }), (pieces) => {
        const parser = createFrameParser();
        try {
          for (const piece of pieces) {
            for (const each of parser.push(piece)) if (each.type === 'control') readControlFrame(each);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(SpdyProtocolError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('hands a long data frame on as it comes', () => {
    const parser = createFrameParser();
    const long = dataFrame(1, Buffer.alloc(100_000), true);
    const [first] = parser.push(long.subarray(0, 5000));
    expect(first).toMatchObject({ data: { length: 4992 }, fin: false });
    const [rest] = parser.push(long.subarray(5000));
    expect(rest).toMatchObject({ data: { length: 95_008 }, fin: true });
  });

  it.each([
    ['another version', Buffer.from([0x80, 2, 0, 1, 0, 0, 0, 0])],
    ['a control frame of a megabyte', Buffer.from([0x80, 3, 0, 1, 0, 0x10, 0, 0])],
  ])('refuses %s', (_name, header) => {
    expect(() => createFrameParser().push(header)).toThrow(SpdyProtocolError);
  });

  it.each([1, 2, 3, 4, 6, 8, 9])('refuses a control frame %s that is too short', (kind) => {
    const short = { type: 'control', kind, flags: 0, payload: Buffer.alloc(2) } as const;
    expect(() => readControlFrame(short)).toThrow(SpdyProtocolError);
  });
});
