import type { ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import { keepHeaders } from './kept-headers.ts';

/** Bytes of an answer that nobody gets. */
const MOST_DISCARDED = 65_536;

export interface RelayEvents {
  /** The upstream failed before it answered. */
  onFailure(error: Error): void;
  /** True when the client has been answered otherwise, and this answer is not for it. */
  intercept?(statusCode: number): boolean;
  /** True: the answer's cookies are the client's, too. */
  readonly cookies?: boolean;
}

/**
 * Streams an upstream's answer to the client: no buffering, back-pressure both ways, and the upstream request ends when the
 * client leaves.
 */
export function relayResponse(response: ServerResponse, events: RelayEvents): Dispatcher.DispatchHandler {
  let abort: (() => void) | undefined;
  let intercepted = false;
  let discarded = 0;
  let begun = false;
  const flush = () => {
    if (!begun && !response.destroyed) response.flushHeaders();
  };
  response.once('close', () => {
    if (!response.writableFinished) abort?.();
  });
  return {
    onRequestStart(controller) {
      abort = () => controller.abort(new Error('client left'));
      if (response.destroyed) abort();
    },
    onResponseStart(_controller, statusCode, headers) {
      if (statusCode < 200) return;
      if (events.intercept?.(statusCode) === true) {
        // Not ended here: that would end the client's connection, too, when it is still sending a body.
        intercepted = true;
        return;
      }
      keepHeaders(headers, response, events.cookies);
      response.writeHead(statusCode);
      // A watch must see its headers before its first event: kubectl wait hangs otherwise. When the body's begin has come
      // along, they go out with it, in one write.
      setImmediate(flush);
    },
    onResponseData(controller, chunk) {
      if (intercepted) {
        discarded += chunk.length;
        if (discarded > MOST_DISCARDED) controller.abort(new Error('answered otherwise'));
        return;
      }
      begun = true;
      if (response.write(chunk)) return;
      controller.pause();
      response.once('drain', () => controller.resume());
    },
    onResponseEnd() {
      if (intercepted) return;
      begun = true;
      response.end();
    },
    onResponseError(_controller, error) {
      if (intercepted) return;
      if (response.headersSent) response.destroy();
      else if (!response.destroyed) events.onFailure(error);
    },
  };
}
