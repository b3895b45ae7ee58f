import type { Duplex } from 'node:stream';
import { readControlFrame } from '../../../../src/cluster/streaming/spdy/control-frame.ts';
import { dataFrame, synStream, windowUpdate } from '../../../../src/cluster/streaming/spdy/encode-frame.ts';
import { createFrameParser } from '../../../../src/cluster/streaming/spdy/frame-parser.ts';
import { createHeaderWriter } from '../../../../src/cluster/streaming/spdy/header-block.ts';

const initialWindow = 64 * 1024;

/** One stream as the client sees it. */
export interface ClientStream {
  readonly id: number;
  readonly received: Buffer[];
  text(): string;
  length(): number;
  send(data: Buffer | string): Promise<void>;
  end(): void;
  /** Resolves when the server has ended its side or reset the stream. */
  readonly ended: Promise<void>;
  isReset(): boolean;
}

/** The client's end of SPDY/3.1, as little of it as tests need. It takes everything, and says so only when asked to. */
export function createSpdyClient(transport: Duplex, options: { readonly keepsWindows?: boolean } = {}) {
  const parser = createFrameParser();
  const pack = createHeaderWriter();
  const streams = new Map<number, ClientStream & { finish(reset: boolean): void }>();
  const control: unknown[] = [];
  let next = 1;
  const windows = new Map([[0, initialWindow]]);
  let wake = (): void => {};

  /** Waits, as a client that keeps windows, until the server takes so much more. */
  async function awaitWindow(id: number, length: number): Promise<void> {
    const left = (which: number) => windows.get(which) ?? 0;
    while (options.keepsWindows === true && (left(id) < length || left(0) < length)) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    for (const which of [id, 0]) windows.set(which, left(which) - length);
  }

  transport.on('error', () => {});
  transport.on('data', (bytes: Buffer) => {
    for (const frame of parser.push(bytes)) {
      if (frame.type === 'data') {
        const stream = streams.get(frame.streamId);
        stream?.received.push(frame.data);
        if (options.keepsWindows === true && frame.data.length > 0) {
          transport.write(windowUpdate(frame.streamId, frame.data.length));
          transport.write(windowUpdate(0, frame.data.length));
        }
        if (frame.fin) stream?.finish(false);
      } else {
        const message = readControlFrame(frame);
        control.push(message);
        if (message?.kind === 'WINDOW_UPDATE') {
          windows.set(message.streamId, (windows.get(message.streamId) ?? 0) + message.delta);
          wake();
        }
        if (message?.kind === 'RST_STREAM') streams.get(message.streamId)?.finish(true);
      }
    }
  });
  transport.on('close', () => {
    for (const stream of streams.values()) stream.finish(true);
  });

  return {
    control,
    open(headers: Record<string, string>, fin = false): ClientStream {
      const id = next;
      next += 2;
      const received: Buffer[] = [];
      let isReset = false;
      let finish: (reset: boolean) => void = () => {};
      const ended = new Promise<void>((resolve) => {
        finish = (reset) => {
          isReset ||= reset;
          resolve();
        };
      });
      const stream = {
        id,
        received,
        ended,
        finish: (reset: boolean) => finish(reset),
        isReset: () => isReset,
        text: () => Buffer.concat(received).toString('utf8'),
        length: () => received.reduce((sum, piece) => sum + piece.length, 0),
        async send(data: Buffer | string) {
          const bytes = Buffer.from(data);
          await awaitWindow(id, bytes.length);
          await new Promise<void>((resolve) => {
            transport.write(dataFrame(id, bytes, false), () => resolve());
          });
        },
        end: () => void transport.write(dataFrame(id, Buffer.alloc(0), true)),
      };
      streams.set(id, stream);
      windows.set(id, initialWindow);
      transport.write(synStream(id, pack(new Map(Object.entries(headers))), fin));
      return stream;
    },
  };
}
