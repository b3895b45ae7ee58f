import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { isHttp2 } from '../../http/index.ts';

/** Whether a request comes with a body. */
export function hasBody(request: IncomingMessage): boolean {
  // HTTP/2 frames say where a body ends; it need not have a length.
  if (isHttp2(request)) return !(request as unknown as Http2ServerRequest).stream.endAfterHeaders;
  const { headers } = request;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
