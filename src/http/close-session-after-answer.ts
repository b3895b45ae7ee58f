import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';

/**
 * Makes an answer the last thing of its HTTP/2 connection that is begun: no new streams from then on (GOAWAY without an error,
 * RFC 9113 §6.8), those under way go on, and the end when they are over. Does nothing over HTTP/1.1.
 */
export function closeSessionAfterAnswer(response: ServerResponse | Http2ServerResponse): void {
  if (!('stream' in response)) return;
  const { session } = response.stream;
  response.once('finish', () => {
    if (session !== undefined && !session.closed && !session.destroyed) session.close();
  });
}
