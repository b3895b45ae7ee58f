import type { ServerResponse } from 'node:http';
import type { BodyCapture } from './body-capture.ts';

/**
 * Shows the capture every byte of an answer that is not encoded, whoever writes it. Only for requests whose audit level
 * asks for the answer: all others keep their response as Node made it.
 */
export function captureResponse(response: ServerResponse, capture: BodyCapture): void {
  const { write, end } = response;
  const see = (chunk: unknown): void => {
    if (response.hasHeader('content-encoding')) return;
    if (typeof chunk === 'string') capture.add(Buffer.from(chunk));
    else if (chunk instanceof Uint8Array) capture.add(chunk);
  };
  response.write = ((...args: Parameters<typeof write>) => {
    see(args[0]);
    return write.apply(response, args);
  }) as typeof write;
  response.end = ((...args: Parameters<typeof end>) => {
    see(args[0]);
    return end.apply(response, args);
  }) as typeof end;
}
