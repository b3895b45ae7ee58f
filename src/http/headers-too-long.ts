import type { Http2ServerResponse } from 'node:http2';
import { closeAfterAnswer } from './close-after-answer.ts';

/** Emitted by a server of both protocols, with the request, when a request over HTTP/2 was refused for its headers' length. */
export const HEADERS_TOO_LONG = 'headersTooLong';

export function headersTooLongText(bytes: number): string {
  return `The request line and the headers together are longer than ${bytes} bytes. A token with very many groups is a usual cause.\n`;
}

/**
 * Whether the header fields would be longer than a limit in a request of HTTP/1.1. node:http2 tells its clients a limit, and
 * keeps it only for those that say that they have heard of it.
 */
export function areHeadersTooLong(rawHeaders: readonly string[], most: number): boolean {
  let left = most;
  // A colon and a blank behind a name, two bytes behind a value.
  for (const text of rawHeaders) left -= text.length + 2;
  return left < 0;
}

/** The 431 that a client over HTTP/1.1 gets from the parser. */
export function refuseLongHeaders(response: Http2ServerResponse, most: number): void {
  const body = headersTooLongText(most);
  closeAfterAnswer(response);
  response.writeHead(431, {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
