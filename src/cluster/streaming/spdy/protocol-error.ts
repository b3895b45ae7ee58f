/** What came is not SPDY/3.1, or more of it than is taken. The connection cannot go on. */
export class SpdyProtocolError extends Error {
  override readonly name = 'SpdyProtocolError';
}
