import type { IncomingMessage } from 'node:http';
import { isHttp2 } from '../http/index.ts';
import { hasBody } from './upstream/has-body.ts';

const CANONICAL_LENGTH = /^(?:0|[1-9]\d{0,15})$/;

/**
 * Refuses message framing that Node's parser accepts and another parser might read differently (request smuggling).
 * Source: RFC 9112 §6; measured: Node takes `,chunked`, `gzip, chunked`, Transfer-Encoding on HTTP/1.0 and `Content-Length: 01`.
 * @returns undefined when the framing is plain, else what is wrong with it
 */
export function checkFraming(request: IncomingMessage): string | undefined {
  // Node takes 0.9, which has no headers, and 2.0, which has no such line.
  if (!isHttp2(request) && request.httpVersionMajor !== 1) return 'the HTTP version is neither 1.0 nor 1.1';
  // What its body would mean is not defined (RFC 9110 §9.3.2), and some servers read it as the next request.
  if (request.method === 'HEAD' && hasBody(request)) return 'a HEAD request has no body';
  const encoding = request.headers['transfer-encoding'];
  if (encoding !== undefined) {
    if (encoding.toLowerCase() !== 'chunked') return 'the Transfer-Encoding is not exactly chunked';
    if (request.httpVersionMajor === 1 && request.httpVersionMinor === 0) {
      return 'HTTP/1.0 has no Transfer-Encoding';
    }
  }
  const length = request.headers['content-length'];
  if (length !== undefined && !CANONICAL_LENGTH.test(length))
    return 'the Content-Length is not a plain number';
  return undefined;
}
