import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { Readable } from 'node:stream';
import { isHttp2 } from '../../http/index.ts';

/** Headers of the client's that are about its own answer, which is another one: it is put together here, and not encoded. */
const OWN = [
  'accept-encoding',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'range',
];

export interface InnerRequestOptions {
  /** As the client could have asked it of this gateway. */
  readonly url: string;
  readonly accept: string;
  readonly auditId: string;
}

/**
 * A GET for a pipeline that the client has not sent, but could have: over its connection, with its credentials. It has what
 * pipelines look at, and no body; the client's request must have none either.
 */
export function innerRequest(
  request: IncomingMessage,
  { url, accept, auditId }: InnerRequestOptions,
): IncomingMessage {
  const headers: IncomingHttpHeaders = { ...request.headers, accept, 'audit-id': auditId };
  for (const name of OWN) delete headers[name];
  // Over HTTP/2, the request's own socket is another object each time that it is looked at.
  const connection = isHttp2(request) ? (request as unknown as Http2ServerRequest).stream : undefined;
  const { rawHeaders, httpVersion, httpVersionMajor, httpVersionMinor, socket } = request;
  const inner = Object.assign(Readable.from([]), {
    method: 'GET',
    url,
    headers,
    // Who asks is read from here, and there it must be what the client wrote.
    rawHeaders,
    httpVersion,
    httpVersionMajor,
    httpVersionMinor,
    socket: connection?.session?.socket ?? socket,
    complete: true,
    ...(connection === undefined ? {} : { stream: connection }),
  });
  return inner as unknown as IncomingMessage;
}
