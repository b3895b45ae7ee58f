import { kinds } from './control-frame.ts';

const controlBit = 0x80030000;

/** A data frame. @param data at most 2^24 - 1 bytes */
export function dataFrame(streamId: number, data: Buffer, fin: boolean): Buffer {
  const frame = Buffer.allocUnsafe(8 + data.length);
  frame.writeUInt32BE(streamId, 0);
  frame.writeUInt8(fin ? 1 : 0, 4);
  frame.writeUIntBE(data.length, 5, 3);
  data.copy(frame, 8);
  return frame;
}

/** @param block the compressed headers */
export function synStream(streamId: number, block: Buffer, fin = false): Buffer {
  return control(kinds.SYN_STREAM, fin ? 1 : 0, [streamId, 0], Buffer.concat([Buffer.alloc(2), block]));
}

/** @param block the compressed headers */
export function synReply(streamId: number, block: Buffer): Buffer {
  return control(kinds.SYN_REPLY, 0, [streamId], block);
}

export function rstStream(streamId: number, status: number): Buffer {
  return control(kinds.RST_STREAM, 0, [streamId, status]);
}

export function ping(id: number): Buffer {
  return control(kinds.PING, 0, [id]);
}

export function goAway(lastStreamId: number): Buffer {
  return control(kinds.GOAWAY, 0, [lastStreamId, 0]);
}

export function windowUpdate(streamId: number, delta: number): Buffer {
  return control(kinds.WINDOW_UPDATE, 0, [streamId, delta]);
}

function control(
  kind: number,
  flags: number,
  words: readonly number[],
  rest: Buffer = Buffer.alloc(0),
): Buffer {
  const length = 4 * words.length + rest.length;
  const frame = Buffer.alloc(8 + length);
  frame.writeUInt32BE(controlBit + kind, 0);
  frame.writeUInt8(flags, 4);
  frame.writeUIntBE(length, 5, 3);
  for (const [index, word] of words.entries()) frame.writeUInt32BE(word, 8 + 4 * index);
  rest.copy(frame, 8 + 4 * words.length);
  return frame;
}
