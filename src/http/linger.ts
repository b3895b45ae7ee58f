import type { ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';

/** How long, in milliseconds, and how much a client may go on sending after its last answer. */
const LINGER_MS = 1_000;
const LINGER_BYTES = 8 * 1024 * 1024;

/**
 * Reads on, and throws away, for a connection whose own side has ended, so that the last answer arrives: to close at once
 * what a client still sends on would reset the connection, and take the answer away from it. Source: RFC 9112 §9.6.
 */
export function linger(socket: Socket): void {
  const most = socket.bytesRead + LINGER_BYTES;
  const cut = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(cut));
  socket.on('data', () => {
    if (socket.bytesRead > most) socket.destroy();
  });
}

/**
 * The same for an HTTP/2 stream, which then ends without an error (RFC 9113 §8.1). To end it at once would take back what
 * of the answer has not gone yet.
 * @param body what comes on the stream
 */
export function lingerStream(stream: ServerHttp2Stream, body: Readable): void {
  let taken = 0;
  const cut = setTimeout(() => stream.close(), LINGER_MS);
  stream.once('close', () => clearTimeout(cut));
  body.on('data', (chunk: Uint8Array) => {
    taken += chunk.length;
    if (taken > LINGER_BYTES) stream.close();
  });
}
