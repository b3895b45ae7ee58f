import { SpdyProtocolError } from './protocol-error.ts';

/** A piece of a data frame: handed on as it comes, so that a long frame is never held. */
export interface DataPiece {
  readonly type: 'data';
  readonly streamId: number;
  readonly data: Buffer;
  /** The last piece of a frame that ends the peer's side of the stream. */
  readonly fin: boolean;
}

export interface ControlFrame {
  readonly type: 'control';
  /** SYN_STREAM = 1 and so on; see control-frame.ts. */
  readonly kind: number;
  readonly flags: number;
  readonly payload: Buffer;
}

export interface FrameParser {
  /** Whatever is complete with these bytes. Throws SpdyProtocolError. */
  push(bytes: Buffer): (DataPiece | ControlFrame)[];
}

const headerLength = 8;
const version = 3;
/** Bytes of a control frame: port-forward's and exec's headers are some hundred bytes. */
const maxControlLength = 64 * 1024;

/** Splits a byte stream into frames, however it is cut. Source: SPDY protocol draft 3.1, section 2.2. */
export function createFrameParser(): FrameParser {
  /** The start of a frame's header, or of a control frame's payload. */
  let held: Buffer[] = [];
  let heldLength = 0;
  let control: { kind: number; flags: number; length: number } | undefined;
  let data: { streamId: number; fin: boolean; left: number } | undefined;

  /** Takes `wanted` bytes out of what is held and the rest of `bytes`; undefined when there are too few. */
  function gather(bytes: Buffer, wanted: number): { whole: Buffer; rest: Buffer } | undefined {
    const missing = wanted - heldLength;
    if (bytes.length < missing) {
      if (bytes.length > 0) held.push(bytes);
      heldLength += bytes.length;
      return undefined;
    }
    const whole = Buffer.concat([...held, bytes.subarray(0, missing)]);
    held = [];
    heldLength = 0;
    return { whole, rest: bytes.subarray(missing) };
  }

  function begin(header: Buffer): void {
    const first = header.readUInt32BE(0);
    const flags = header.readUInt8(4);
    const length = header.readUIntBE(5, 3);
    if (first < 0x80000000) {
      data = { streamId: first, fin: (flags & 1) === 1, left: length };
      return;
    }
    const asked = (first >>> 16) & 0x7fff;
    if (asked !== version) throw new SpdyProtocolError(`version ${asked} is not served`);
    if (length > maxControlLength) throw new SpdyProtocolError('a control frame is too long');
    control = { kind: first & 0xffff, flags, length };
  }

  return {
    push(bytes) {
      const frames: (DataPiece | ControlFrame)[] = [];
      let rest = bytes;
      for (;;) {
        if (data !== undefined) {
          const piece = rest.subarray(0, data.left);
          rest = rest.subarray(piece.length);
          data.left -= piece.length;
          const isLast = data.left === 0;
          if (piece.length > 0 || isLast) {
            frames.push({ type: 'data', streamId: data.streamId, data: piece, fin: isLast && data.fin });
          }
          if (!isLast) return frames;
          data = undefined;
        } else if (control !== undefined) {
          const payload = gather(rest, control.length);
          if (payload === undefined) return frames;
          const { kind, flags } = control;
          frames.push({ type: 'control', kind, flags, payload: payload.whole });
          control = undefined;
          rest = payload.rest;
        } else {
          const header = gather(rest, headerLength);
          if (header === undefined) return frames;
          begin(header.whole);
          rest = header.rest;
        }
      }
    },
  };
}
