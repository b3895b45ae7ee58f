/** Builds HTTP/2 frames as a test wants them, well-formed or not. Source: RFC 9113 §4, §6; RFC 7541 §5, §6. */

export const frameType = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const flag = { ack: 1, endStream: 1, endHeaders: 4 } as const;

export type Field = readonly [name: string, value: string];

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Buffer | string = Buffer.alloc(0),
): Buffer {
  const body = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload;
  const head = Buffer.alloc(9);
  head.writeUIntBE(body.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, body]);
}

/** The client's preface, with a SETTINGS frame that takes the server's compression table away: its answers need no state. */
export const PREFACE = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1'),
  frame(frameType.settings, 0, 0, Buffer.from([0, 1, 0, 0, 0, 0])),
]);

/** A header block of literals without indexing: names and values go out byte for byte. */
export function headerBlock(fields: readonly Field[]): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), literal(name), literal(value)]));
}

/** What a frame may hold as long as nobody has allowed more (RFC 9113 §4.2). */
const MAX_FRAME = 16_384;

/** A HEADERS frame, and as many CONTINUATION frames as a long block needs. */
export function headers(stream: number, fields: readonly Field[], flags: number = flag.endStream): Buffer {
  const block = headerBlock(fields);
  const frames: Buffer[] = [];
  for (let start = 0; start === 0 || start < block.length; start += MAX_FRAME) {
    const [type, own] = start === 0 ? [frameType.headers, flags] : [frameType.continuation, 0];
    const end = start + MAX_FRAME >= block.length ? flag.endHeaders : 0;
    frames.push(frame(type, own | end, stream, block.subarray(start, start + MAX_FRAME)));
  }
  return Buffer.concat(frames);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function literal(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  return Buffer.concat([prefixed(bytes.length), bytes]);
}

/** An integer with a prefix of seven bits. */
function prefixed(value: number): Buffer {
  if (value < 127) return Buffer.from([value]);
  const bytes = [127];
  let rest = value - 127;
  for (; rest >= 128; rest >>= 7) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}

/** Every whole frame in what came. */
export function framesOf(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at + 9 <= bytes.length; ) {
    const length = bytes.readUIntBE(at, 3);
    if (at + 9 + length > bytes.length) break;
    frames.push({
      type: bytes.readUInt8(at + 3),
      flags: bytes.readUInt8(at + 4),
      stream: bytes.readUInt32BE(at + 5) & 0x7fffffff,
      payload: bytes.subarray(at + 9, at + 9 + length),
    });
    at += 9 + length;
  }
  return frames;
}
