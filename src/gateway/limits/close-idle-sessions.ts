import type { ServerHttp2Session } from 'node:http2';
import type { Server } from 'node:net';
import type { GatewayLimits } from './gateway-limits.ts';

/**
 * Ends HTTP/2 connections that carry no request, as their clients expect it: no new streams (GOAWAY), then the end. The first
 * request has as long to come as its headers have over HTTP/1.1, and so has one whose headers have begun when the end is
 * said: Node keeps such a connection for as long as its client likes, and tells nobody of what has begun.
 * @param onLate told when a connection is cut in the middle of a request's headers
 */
export function closeIdleSessions(
  server: Server,
  { headersTimeout, keepAlive }: Pick<GatewayLimits, 'headersTimeout' | 'keepAlive'>,
  onLate: (session: ServerHttp2Session) => void,
): void {
  server.on('session', (session: ServerHttp2Session) => {
    let streams = 0;
    session.on('stream', (stream) => {
      streams++;
      stream.once('close', () => {
        streams--;
        if (streams > 0 || session.destroyed) return;
        // One that has fired while a stream was open does not begin again by itself.
        if (!session.closed) session.setTimeout(keepAlive);
        // Its end was said while it had a stream.
        else cutWhenLate(session);
      });
    });
    session.on('timeout', () => {
      if (streams === 0 && !session.closed) end(session);
    });
    session.setTimeout(headersTimeout);
  });

  function end(session: ServerHttp2Session): void {
    session.close();
    cutWhenLate(session);
  }

  function cutWhenLate(session: ServerHttp2Session): void {
    const late = setTimeout(() => {
      onLate(session);
      session.destroy();
    }, headersTimeout);
    session.once('close', () => clearTimeout(late));
  }
}
