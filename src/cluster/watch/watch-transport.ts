import type { ServerResponse } from 'node:http';
import type { ClusterRequest } from '../cluster.ts';
import { acceptMessageStream } from '../streaming/index.ts';
import type { UpgradeOffer } from '../upgrade-offer.ts';
import { createLineWriter, type LineWriter } from './line-writer.ts';
import { createMessageWriter } from './message-writer.ts';
import type { WatchAccount } from './watches.ts';

/** What carries a watch's lines to its client. */
export interface WatchTransport {
  readonly writer: LineWriter;
  isGone(): boolean;
  onGone(listener: () => void): void;
  /** Cuts the connection, whatever waits. */
  destroy(): void;
}

/** Begins the answer: on the response, or as a WebSocket when the client asks for one. Throws UpgradeRefused. */
export function openTransport(
  request: ClusterRequest,
  response: ServerResponse,
  account: WatchAccount,
): WatchTransport {
  return request.upgrade === undefined
    ? responseTransport(response, account)
    : webSocketTransport(request.upgrade, request, account);
}

function responseTransport(response: ServerResponse, account: WatchAccount): WatchTransport {
  if (!response.hasHeader('Cache-Control')) response.setHeader('Cache-Control', 'no-cache, private');
  response.setHeader('Content-Type', 'application/json');
  response.statusCode = 200;
  // kubectl waits for the headers before it looks at anything else, and the first event may be hours away.
  response.flushHeaders();
  return {
    writer: createLineWriter(response, account),
    isGone: () => response.destroyed,
    onGone: (listener) => void response.once('close', listener),
    destroy: () => void response.destroy(),
  };
}

/** One event a text message. Source: apiserver/pkg/endpoints/handlers/watch.go HandleWS. */
function webSocketTransport(
  offer: UpgradeOffer,
  { headers }: ClusterRequest,
  account: WatchAccount,
): WatchTransport {
  const stream = acceptMessageStream(offer, headers);
  return {
    writer: createMessageWriter(stream, account),
    isGone: stream.isGone,
    onGone: stream.onGone,
    destroy: stream.destroy,
  };
}
