import { constants, Http2ServerResponse, type OutgoingHttpHeaders } from 'node:http2';

/** What belongs to a connection, and over HTTP/2 to nobody (RFC 9113 §8.2.2). node:http2 drops them from what is set, too. */
const OF_CONNECTION = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

const NO_OPTIONS = {};
const ASK_FOR_TRAILERS = { waitForTrailers: true };

/** node:http2's response, with what a handler asks of node:http's besides, and a shorter way for a head that is one list. */
export class Http2Response extends Http2ServerResponse {
  /** Destroyed as node:http2 does it, a stream ends as if it were complete; the client must see that it was cut. */
  override destroy(): this {
    if (!this.stream.closed) this.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    return this;
  }

  /**
   * A list (names and values alternating) goes out as it is; headers that are set one by one go node:http2's way, an object
   * that is checked twice. With a length among them the answer's last frame is its end. Without one the end waits for the
   * question about trailers, as node:http2 does it: only that tells an answer that is cut from one that is complete.
   */
  override writeHead(
    status: number,
    ...rest: (OutgoingHttpHeaders | readonly string[] | string | undefined)[]
  ): this {
    const [headers] = rest;
    const { stream } = this;
    if (!isList(headers) || stream.headersSent || this.destroyed || this.getHeaderNames().length > 0) {
      return Reflect.apply(super.writeHead, this, [status, ...rest]);
    }
    this.statusCode = status;
    const list = [':status', String(status)];
    let hasLength = false;
    for (let at = 0; at + 1 < headers.length; at += 2) {
      const name = (headers[at] ?? '').toLowerCase();
      if (OF_CONNECTION.has(name)) continue;
      list.push(name, headers[at + 1] ?? '');
      hasLength ||= name === 'content-length';
    }
    stream.respond(list, hasLength ? NO_OPTIONS : ASK_FOR_TRAILERS);
    return this;
  }
}
Object.defineProperty(Http2Response.prototype, 'destroyed', {
  get(this: Http2ServerResponse) {
    return this.stream.destroyed || this.stream.closed;
  },
});

function isList(headers: unknown): headers is readonly string[] {
  return Array.isArray(headers) && typeof headers[0] === 'string';
}
