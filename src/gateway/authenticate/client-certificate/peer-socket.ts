import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** What a request tells of the connection that it came over. */
export type RequestOfConnection =
  | Pick<IncomingMessage, 'socket'>
  | Pick<Http2ServerRequest, 'socket' | 'stream'>;

/**
 * The TLS connection that a request came over, the same object for each of its requests; undefined without TLS. The
 * `socket` of an HTTP/2 request is one of its stream's, a new object each time: the connection's is the session's.
 */
export function peerSocketOf(request: RequestOfConnection): TLSSocket | undefined {
  const socket: Socket | TLSSocket | undefined =
    'stream' in request ? request.stream.session?.socket : request.socket;
  // HTTP/2 gives a proxy, which answers for the socket's members but not to `in`.
  return socket !== undefined && typeof (socket as TLSSocket).getPeerX509Certificate === 'function'
    ? (socket as TLSSocket)
    : undefined;
}

/** What stands for the connection, the same object for each of its requests. */
export function connectionOf(request: RequestOfConnection): object | undefined {
  return 'stream' in request ? request.stream.session : request.socket;
}
