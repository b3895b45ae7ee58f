import type { IncomingMessage } from 'node:http';

const CANONICAL_LENGTH = /^(?:0|[1-9]\d{0,15})$/;

/**
 * Refuses message framing that Node's parser accepts and another parser might read differently (request smuggling).
 * Source: RFC 9112 §6; measured: Node takes `,chunked`, `gzip, chunked`, Transfer-Encoding on HTTP/1.0 and `Content-Length: 01`.
 * @returns undefined when the framing is plain, else what is wrong with it
 */
export function checkFraming(request: IncomingMessage): string | undefined {
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
