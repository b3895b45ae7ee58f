import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { Readable } from 'node:stream';
import { requestEntityTooLarge } from '../../kube/index.ts';

/**
 * The body of a request, of which no more than `maxBytes` passes. One of declared length is the request itself: the
 * parser takes no byte more than was declared. One of unknown length is counted as it passes and not gathered.
 * @param onTooLarge told when the stream is cut
 * @returns a stream that ends with StatusError 413 when the limit is passed; the request stays open for the answer
 * @throws StatusError 413 when the declared length is over the limit
 */
export function limitBody(
  request: IncomingMessage | Http2ServerRequest,
  maxBytes: number,
  onTooLarge: () => void,
): Readable {
  const declared = request.headers['content-length'];
  if (declared === undefined) return hasBody(request) ? counted(request, maxBytes, onTooLarge) : request;
  if (Number(declared) <= maxBytes) return request;
  onTooLarge();
  throw requestEntityTooLarge(maxBytes);
}

function hasBody(request: IncomingMessage | Http2ServerRequest): boolean {
  return 'stream' in request
    ? !request.stream.endAfterHeaders
    : request.headers['transfer-encoding'] !== undefined;
}

function counted(source: Readable, maxBytes: number, onTooLarge: () => void): Readable {
  return Readable.from(chunksOf(source, maxBytes, onTooLarge), { objectMode: false });
}

async function* chunksOf(
  source: Readable,
  maxBytes: number,
  onTooLarge: () => void,
): AsyncGenerator<Uint8Array> {
  let length = 0;
  // Leaving the loop must not destroy the connection: the refusal has yet to go out on it.
  for await (const chunk of source.iterator({ destroyOnReturn: false })) {
    length += (chunk as Uint8Array).length;
    if (length > maxBytes) {
      onTooLarge();
      throw requestEntityTooLarge(maxBytes);
    }
    yield chunk as Uint8Array;
  }
}
