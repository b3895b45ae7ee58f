import { Readable, Writable } from 'node:stream';
import type { WebSocket } from 'ws';

/** One WebSocket message for each piece of a channel: first the channel's number, then the bytes. */
export interface WebSocketChannels {
  /** What the client sends on a channel. */
  input(channel: number): Readable;
  /** What goes to the client on a channel. */
  output(channel: number): Writable;
  /** One message at once. Resolves when the connection has taken it, or is gone. */
  send(channel: number, data: Buffer): Promise<void>;
  /** Every whole message of a channel that is no stream. */
  onMessage(channel: number, listener: (data: Buffer) => void): void;
  /** Ends the connection with an ordinary close. Resolves when it is gone. */
  end(): Promise<void>;
}

/** Ends one of the client's channels, in v5. Source: KEP-4006. */
const closeChannel = 255;
const maxMessage = 32 * 1024;
const closeTimeoutMs = 5000;

/**
 * @param base64 text messages: the channel's digit, then base64
 * Source: apimachinery/pkg/util/httpstream/wsstream conn.go.
 */
export function createWebSocketChannels(socket: WebSocket, base64: boolean): WebSocketChannels {
  const inputs = new Map<number, Readable>();
  const listeners = new Map<number, (data: Buffer) => void>();
  let isPaused = false;

  function take(channel: number, data: Buffer): void {
    if (channel === closeChannel) {
      inputs.get(data[0] ?? closeChannel)?.push(null);
      return;
    }
    listeners.get(channel)?.(data);
    const input = inputs.get(channel);
    if (input === undefined || input.destroyed || input.readableEnded || data.length === 0) return;
    // A channel that is not read holds the connection back, so a client cannot fill the memory.
    if (!input.push(data)) {
      isPaused = true;
      socket.pause();
    }
  }

  function resume(): void {
    if (!isPaused) return;
    isPaused = false;
    if (socket.readyState === socket.OPEN || socket.readyState === socket.CLOSING) socket.resume();
  }

  function send(channel: number, data: Buffer): Promise<void> {
    return new Promise((resolve) => {
      if (socket.readyState !== socket.OPEN) {
        resolve();
        return;
      }
      if (base64)
        socket.send(`${String.fromCharCode(0x30 + channel)}${data.toString('base64')}`, () => resolve());
      else socket.send(Buffer.concat([Buffer.from([channel]), data]), { binary: true }, () => resolve());
    });
  }

  async function sendAll(channel: number, data: Buffer): Promise<void> {
    for (let offset = 0; offset < data.length; offset += maxMessage) {
      await send(channel, data.subarray(offset, offset + maxMessage));
    }
  }

  socket.on('message', (message: Buffer) => {
    if (message.length === 0) return;
    if (!base64) {
      take(message[0] ?? 0, message.subarray(1));
      return;
    }
    const text = message.toString('latin1');
    take(text.charCodeAt(0) - 0x30, Buffer.from(text.slice(1), 'base64'));
  });
  socket.once('close', () => {
    for (const input of inputs.values()) input.push(null);
  });

  return {
    input(channel) {
      const input = new Readable({
        read: resume,
        destroy(error, done) {
          resume();
          done(error);
        },
      });
      inputs.set(channel, input);
      return input;
    },
    output: (channel) =>
      new Writable({
        write(data: Buffer, _encoding, done) {
          sendAll(channel, data).then(() => done(), done);
        },
      }),
    send,
    onMessage: (channel, listener) => void listeners.set(channel, listener),
    end: () => closeWebSocket(socket),
  };
}

/** Closes in order; a client that does not answer is not waited for. */
export function closeWebSocket(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState === socket.CLOSED) {
      resolve();
      return;
    }
    const timer = setTimeout(() => socket.terminate(), closeTimeoutMs);
    timer.unref();
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.resume();
    socket.close(1000);
  });
}
