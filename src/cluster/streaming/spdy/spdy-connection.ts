import type { Duplex } from 'node:stream';
import { type ControlMessage, readControlFrame, resetStatus } from './control-frame.ts';
import { dataFrame, goAway, ping, rstStream, synReply, windowUpdate } from './encode-frame.ts';
import { createFrameParser } from './frame-parser.ts';
import { createHeaderReader, createHeaderWriter } from './header-block.ts';
import { SpdyProtocolError } from './protocol-error.ts';
import { createSendWindow, defaultWindow, type SendWindow } from './send-window.ts';
import { SpdyStream, type StreamLink } from './spdy-stream.ts';

export interface SpdyConnection {
  /** Resolves when the connection is over, for whatever reason. */
  readonly over: Promise<void>;
  /** Says goodbye and ends the transport after what is on its way. */
  end(): void;
}

/** Streams that are open at a time; port-forward has two for each connection to its port. */
const maxStreams = 512;
const sessionId = 0;
const closeTimeoutMs = 5000;

/**
 * The server's end of a SPDY/3.1 connection, as Kubernetes' clients speak it: streams are the client's, with headers that
 * name their purpose. A stream that is not read holds the whole connection of a client back that does not keep to windows
 * (kubectl does not), so that it cannot fill the memory.
 * @param transport a socket, or anything that carries bytes both ways; it is destroyed at the end
 * @param onStream is given every stream that the client opens
 */
export function serveSpdy(transport: Duplex, onStream: (stream: SpdyStream) => void): SpdyConnection {
  const streams = new Map<number, SpdyStream>();
  const parser = createFrameParser();
  const reader = createHeaderReader();
  const pack = createHeaderWriter();
  let lastStreamId = 0;
  let initialWindow = defaultWindow;
  let keepsWindows = false;
  let keepsSessionWindow = false;
  const sessionWindow = createSendWindow(() => keepsSessionWindow);

  function write(frame: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      if (transport.destroyed || transport.writableEnded) {
        reject(new Error('the connection is gone'));
        return;
      }
      transport.write(frame, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** For what nobody waits for: a connection that is gone is noticed elsewhere. */
  function tell(frame: Buffer): void {
    write(frame).catch(() => {});
  }

  const link: StreamLink = {
    async sendData(streamId, data, fin) {
      let rest = data;
      do {
        const taken = rest.length === 0 ? 0 : await sessionWindow.take(rest.length);
        const piece = rest.subarray(0, taken);
        rest = rest.subarray(taken);
        await write(dataFrame(streamId, piece, fin && rest.length === 0));
      } while (rest.length > 0);
    },
    sendReset: (streamId) => tell(rstStream(streamId, resetStatus.cancel)),
    sendWindowUpdate(streamId, delta) {
      tell(windowUpdate(streamId, delta));
    },
    keepsWindows: () => keepsWindows,
    closed: (streamId) => void streams.delete(streamId),
  };

  async function openStream(message: ControlMessage & { kind: 'SYN_STREAM' }): Promise<void> {
    // Read in any case: the next block builds on this one.
    const headers = await reader.read(message.block);
    const { streamId, fin } = message;
    // A client's are odd and grow.
    if (streamId % 2 === 0 || streamId <= lastStreamId)
      throw new SpdyProtocolError('a stream id is out of order');
    lastStreamId = streamId;
    if (streams.size >= maxStreams) {
      tell(rstStream(streamId, resetStatus.refusedStream));
      return;
    }
    const stream = new SpdyStream(
      streamId,
      headers,
      createSendWindow(() => keepsWindows, initialWindow),
      link,
    );
    // A stream that fails is its user's affair; without a listener it would be the process's.
    stream.on('error', () => {});
    streams.set(streamId, stream);
    tell(synReply(streamId, pack(new Map())));
    onStream(stream);
    if (fin) await stream.deliver(Buffer.alloc(0), true);
  }

  function growWindow(streamId: number, delta: number): void {
    let window: SendWindow | undefined;
    if (streamId === sessionId) {
      keepsSessionWindow = true;
      window = sessionWindow;
    } else {
      keepsWindows = true;
      window = streams.get(streamId)?.window;
    }
    window?.grow(delta);
  }

  function changeInitialWindow(size: number): void {
    keepsWindows = true;
    for (const stream of streams.values()) stream.window.grow(size - initialWindow);
    initialWindow = size;
  }

  async function take(message: ControlMessage): Promise<void> {
    switch (message.kind) {
      case 'SYN_STREAM':
        return openStream(message);
      case 'SYN_REPLY':
        throw new SpdyProtocolError('a reply to a stream that nobody opened');
      case 'HEADERS':
        await reader.read(message.block);
        if (message.fin) await streams.get(message.streamId)?.deliver(Buffer.alloc(0), true);
        return;
      case 'RST_STREAM':
        streams.get(message.streamId)?.abort();
        return;
      case 'SETTINGS':
        if (message.initialWindow !== undefined) changeInitialWindow(message.initialWindow);
        return;
      case 'PING':
        // Even ids would be answers to pings of this end, which sends none.
        if (message.id % 2 === 1) tell(ping(message.id));
        return;
      case 'WINDOW_UPDATE':
        growWindow(message.streamId, message.delta);
        return;
      case 'GOAWAY':
        return;
    }
  }

  async function takeAll(bytes: Buffer): Promise<void> {
    for (const frame of parser.push(bytes)) {
      if (frame.type === 'control') {
        const message = readControlFrame(frame);
        if (message !== undefined) await take(message);
      } else {
        if (frame.data.length > 0) tell(windowUpdate(sessionId, frame.data.length));
        await streams.get(frame.streamId)?.deliver(frame.data, frame.fin);
      }
    }
  }

  async function run(): Promise<void> {
    try {
      for await (const bytes of transport) await takeAll(bytes as Buffer);
    } catch {
      // What is no SPDY, or a connection that broke: either way there is nobody left to tell.
    }
    for (const stream of streams.values()) stream.abort();
    sessionWindow.open();
    reader.close();
    transport.destroy();
  }

  transport.on('error', () => {});
  // A connection that closes while a stream holds it back.
  transport.once('close', () => {
    for (const stream of streams.values()) stream.abort();
    sessionWindow.open();
  });

  return {
    over: run(),
    end() {
      if (transport.destroyed || transport.writableEnded) return;
      tell(goAway(lastStreamId));
      transport.end();
      // A client that does not close its side is not waited for.
      const timer = setTimeout(() => transport.destroy(), closeTimeoutMs);
      timer.unref();
      transport.once('close', () => clearTimeout(timer));
    },
  };
}
