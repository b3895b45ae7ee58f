import type { ControlFrame } from './frame-parser.ts';
import { SpdyProtocolError } from './protocol-error.ts';

/** The control frames that mean something here. Source: SPDY protocol draft 3.1, section 2.6. */
export type ControlMessage =
  | { readonly kind: 'SYN_STREAM'; readonly streamId: number; readonly fin: boolean; readonly block: Buffer }
  | { readonly kind: 'SYN_REPLY'; readonly streamId: number; readonly fin: boolean; readonly block: Buffer }
  | { readonly kind: 'HEADERS'; readonly streamId: number; readonly fin: boolean; readonly block: Buffer }
  | { readonly kind: 'RST_STREAM'; readonly streamId: number; readonly status: number }
  | { readonly kind: 'SETTINGS'; readonly initialWindow: number | undefined }
  | { readonly kind: 'PING'; readonly id: number }
  | { readonly kind: 'GOAWAY' }
  | { readonly kind: 'WINDOW_UPDATE'; readonly streamId: number; readonly delta: number };

export const kinds = {
  SYN_STREAM: 1,
  SYN_REPLY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PING: 6,
  GOAWAY: 7,
  HEADERS: 8,
  WINDOW_UPDATE: 9,
} as const;

/** Reasons of RST_STREAM. */
export const resetStatus = { protocolError: 1, invalidStream: 2, refusedStream: 3, cancel: 5 } as const;

const streamIdMask = 0x7fffffff;
const initialWindowSetting = 7;

/** Undefined for a kind that may be passed over. Throws SpdyProtocolError when the payload is too short. */
export function readControlFrame({ kind, flags, payload }: ControlFrame): ControlMessage | undefined {
  const fin = (flags & 1) === 1;
  switch (kind) {
    case kinds.SYN_STREAM:
      need(payload, 10);
      return { kind: 'SYN_STREAM', streamId: streamIdAt(payload), fin, block: payload.subarray(10) };
    case kinds.SYN_REPLY:
      need(payload, 4);
      return { kind: 'SYN_REPLY', streamId: streamIdAt(payload), fin, block: payload.subarray(4) };
    case kinds.HEADERS:
      need(payload, 4);
      return { kind: 'HEADERS', streamId: streamIdAt(payload), fin, block: payload.subarray(4) };
    case kinds.RST_STREAM:
      need(payload, 8);
      return { kind: 'RST_STREAM', streamId: streamIdAt(payload), status: payload.readUInt32BE(4) };
    case kinds.SETTINGS:
      return { kind: 'SETTINGS', initialWindow: initialWindowOf(payload) };
    case kinds.PING:
      need(payload, 4);
      return { kind: 'PING', id: payload.readUInt32BE(0) };
    case kinds.GOAWAY:
      return { kind: 'GOAWAY' };
    case kinds.WINDOW_UPDATE:
      need(payload, 8);
      return {
        kind: 'WINDOW_UPDATE',
        streamId: streamIdAt(payload),
        delta: payload.readUInt32BE(4) & streamIdMask,
      };
    default:
      return undefined;
  }
}

function need(payload: Buffer, length: number): void {
  if (payload.length < length) throw new SpdyProtocolError('a control frame is too short');
}

function streamIdAt(payload: Buffer): number {
  return payload.readUInt32BE(0) & streamIdMask;
}

function initialWindowOf(payload: Buffer): number | undefined {
  need(payload, 4);
  const count = payload.readUInt32BE(0);
  if (payload.length !== 4 + 8 * count)
    throw new SpdyProtocolError('SETTINGS has not the length that it says');
  let found: number | undefined;
  for (let offset = 4; offset < payload.length; offset += 8) {
    if (payload.readUIntBE(offset + 1, 3) === initialWindowSetting) {
      found = payload.readUInt32BE(offset + 4) & streamIdMask;
    }
  }
  return found;
}
