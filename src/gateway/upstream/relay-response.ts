import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import { closeAfterAnswer } from '../../http/index.ts';
import { onClose } from '../exchange-end.ts';
import { hasBody } from './has-body.ts';
import { keptHeaders } from './kept-headers.ts';

/** Bytes of an answer that nobody gets. */
const MOST_DISCARDED = 65_536;
/**
 * Interim answers (1xx) to one request. Each of them renews the wait for the answer itself, so that without a bound it need
 * never come; Go's client, which is kubectl's, takes as many.
 */
const MOST_INTERIM = 5;

export interface RelayEvents {
  /** The upstream failed before it answered. */
  onFailure(error: Error): void;
  /** The answer breaks off, and the client will see that it did. */
  onBroken?(error: Error): void;
  /** True when the client has been answered otherwise, and this answer is not for it. */
  intercept?(statusCode: number): boolean;
  /** True: the answer's cookies are the client's, too. */
  readonly cookies?: boolean;
  /** The gateway's own headers, which go out with the answer's; names and values alternating. */
  readonly ownHeaders?: readonly string[];
}

const NONE: readonly string[] = [];

/**
 * Streams an upstream's answer to the client: no buffering, back-pressure both ways, and the upstream request ends when the
 * client leaves.
 */
export function relayResponse(response: ServerResponse, events: RelayEvents): Dispatcher.DispatchHandler {
  return new Relay(response, events);
}

/** One object a request, not a closure for each callback: this is where most requests spend most of their time. */
class Relay implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse;
  readonly #events: RelayEvents;
  #controller: Dispatcher.DispatchController | undefined;
  #intercepted = false;
  #discarded = 0;
  #interim = 0;
  #begun = false;
  /** Bytes of the body that are still to come; NaN when the answer does not say how long it is. */
  #remaining = Number.NaN;

  constructor(response: ServerResponse, events: RelayEvents) {
    this.#response = response;
    this.#events = events;
    onClose(response, () => {
      // Not `writableFinished`: over HTTP/2 that is true of a stream that was reset, too.
      if (!response.writableEnded) this.#abort();
    });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#response.destroyed) this.#abort();
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (statusCode < 200) {
      this.#interim += 1;
      if (this.#interim > MOST_INTERIM) controller.abort(new Error('too many interim answers'));
      return;
    }
    const response = this.#response;
    if (this.#events.intercept?.(statusCode) === true) {
      // Not ended here: that would end the client's connection, too, when it is still sending a body.
      this.#intercepted = true;
      return;
    }
    const { ownHeaders = NONE, cookies } = this.#events;
    // Nobody reads the rest of a body that is answered already, so no other request can follow it.
    if (isSending(response.req)) closeAfterAnswer(response);
    response.writeHead(statusCode, keptHeaders(headers, ownHeaders, cookies));
    const length = headers['content-length'];
    // An answer of known length is on its way: its headers go out with its first byte, in one write.
    if (typeof length === 'string') this.#remaining = Number(length);
    // A watch must see its headers before its first event: kubectl wait hangs otherwise.
    else setImmediate(flush, this);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#intercepted) {
      this.#discarded += chunk.length;
      if (this.#discarded > MOST_DISCARDED) controller.abort(new Error('answered otherwise'));
      return;
    }
    this.#begun = true;
    this.#remaining -= chunk.length;
    // The last byte is here: said with it, the end costs nothing.
    if (this.#remaining === 0) {
      this.#response.end(chunk);
      return;
    }
    if (this.#response.write(chunk)) return;
    controller.pause();
    this.#response.once('drain', () => controller.resume());
  }

  onResponseEnd(): void {
    if (this.#intercepted) return;
    this.#begun = true;
    if (!this.#response.writableEnded) this.#response.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#intercepted) return;
    const response = this.#response;
    if (response.destroyed) return;
    if (response.headersSent) {
      this.#events.onBroken?.(error);
      response.destroy();
    } else {
      this.#events.onFailure(error);
    }
  }

  flushHeaders(): void {
    if (!this.#begun && !this.#response.destroyed) this.#response.flushHeaders();
  }

  #abort(): void {
    this.#controller?.abort(new Error('client left'));
  }
}

/** @param request undefined for an answer that stays in the process */
function isSending(request: IncomingMessage | undefined): boolean {
  return request?.complete === false && hasBody(request);
}

function flush(relay: Relay): void {
  relay.flushHeaders();
}
