import type { ServerResponse } from 'node:http';
import type { BodyCapture } from './body-capture.ts';

/**
 * Shows the capture every byte of an answer that is not encoded, whoever writes it. Only for requests whose audit level
 * asks for the answer: all others keep their response as Node made it.
 */
export function captureResponse(response: ServerResponse, capture: BodyCapture): void {
  const { write, end, writeHead } = response;
  let encoded = false;
  const see = (chunk: unknown): void => {
    if (encoded || response.hasHeader('content-encoding')) return;
    if (typeof chunk === 'string') capture.add(Buffer.from(chunk));
    else if (chunk instanceof Uint8Array) capture.add(chunk);
  };
  // Headers that go out as one list are never `set`.
  response.writeHead = ((...args: Parameters<typeof writeHead>) => {
    const headers: unknown = args[1];
    encoded = Array.isArray(headers) && headers.some((name, at) => at % 2 === 0 && isEncoding(name));
    return writeHead.apply(response, args);
  }) as typeof writeHead;
  response.write = ((...args: Parameters<typeof write>) => {
    see(args[0]);
    return write.apply(response, args);
  }) as typeof write;
  response.end = ((...args: Parameters<typeof end>) => {
    see(args[0]);
    return end.apply(response, args);
  }) as typeof end;
}

function isEncoding(name: unknown): boolean {
  return typeof name === 'string' && name.toLowerCase() === 'content-encoding';
}
