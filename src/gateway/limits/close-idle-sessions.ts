import type { ServerHttp2Session } from 'node:http2';
import type { Server } from 'node:net';

/**
 * Ends HTTP/2 connections that carry no request, as their clients expect it: no new streams (GOAWAY), then the end.
 * @param ms without a request
 */
export function closeIdleSessions(server: Server, ms: number): void {
  server.on('session', (session: ServerHttp2Session) => {
    let streams = 0;
    session.on('stream', (stream) => {
      streams++;
      stream.once('close', () => {
        streams--;
        // One that has fired while a stream was open does not begin again by itself.
        if (streams === 0 && !session.destroyed) session.setTimeout(ms);
      });
    });
    session.on('timeout', () => {
      if (streams === 0) session.close();
    });
    session.setTimeout(ms);
  });
}
