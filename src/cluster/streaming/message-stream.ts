import type { IncomingHttpHeaders } from 'node:http';
import type { UpgradeOffer } from '../upgrade-offer.ts';
import { acceptWebSocket } from './accept-websocket.ts';
import { listed, UpgradeRefused } from './negotiate-protocol.ts';
import { closeWebSocket } from './websocket-channels.ts';

/** Text messages to a client that has nothing to say. */
export interface MessageStream {
  /** Resolves when the connection has taken it, or is gone. @param text in UTF-8 */
  send(text: Buffer): Promise<void>;
  end(): Promise<void>;
  isGone(): boolean;
  onGone(listener: () => void): void;
  destroy(): void;
}

/**
 * A WebSocket of text messages. It has no protocol of its own: the client's first is echoed, as kube-apiserver does for
 * watches. Throws UpgradeRefused.
 */
export function acceptMessageStream(offer: UpgradeOffer, headers: IncomingHttpHeaders): MessageStream {
  if (offer.protocol !== 'websocket') {
    throw new UpgradeRefused(400, 'a watch is carried by a WebSocket only');
  }
  const [protocol] = listed(headers['sec-websocket-protocol']);
  if (protocol !== undefined && !/^[\w!#$%&'*+.^`|~/-]+$/.test(protocol)) {
    throw new UpgradeRefused(400, 'the WebSocket protocol is no token');
  }
  const socket = acceptWebSocket(offer, headers, protocol);
  return {
    send: (text) =>
      new Promise((resolve) => {
        if (socket.readyState === socket.OPEN) socket.send(text, { binary: false }, () => resolve());
        else resolve();
      }),
    end: () => closeWebSocket(socket),
    isGone: () => socket.readyState !== socket.OPEN,
    onGone: (listener) => void socket.once('close', listener),
    destroy: () => socket.terminate(),
  };
}
