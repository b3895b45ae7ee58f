import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import { linger, lingerStream } from './linger.ts';

/**
 * Makes an answer the last one of its connection, for a client that goes on sending what nobody wants: it costs the client
 * its connection rather than us the reading. Over HTTP/2 it costs the stream. Call it before the headers go out.
 */
export function closeAfterAnswer(response: ServerResponse | Http2ServerResponse): void {
  if ('stream' in response) {
    const { stream, req } = response;
    if (!stream.endAfterHeaders) stream.once('finish', () => lingerStream(stream, req));
    return;
  }
  response.setHeader('Connection', 'close');
  const { socket } = response.req;
  // What Node's server calls when the last answer has gone.
  socket.destroySoon = () => {
    socket.end();
    linger(socket);
  };
}
