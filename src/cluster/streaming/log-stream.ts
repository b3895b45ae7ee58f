import type { IncomingHttpHeaders } from 'node:http';
import type { UpgradeOffer } from '../upgrade-offer.ts';
import { acceptWebSocket } from './accept-websocket.ts';
import { chooseSubprotocol, listed, UpgradeRefused } from './negotiate-protocol.ts';
import { closeWebSocket } from './websocket-channels.ts';

/** A stream that only the server writes to. */
export interface OneWayStream {
  /** Resolves when the client has taken it; false when it has left. */
  write(data: Buffer): Promise<boolean>;
  end(): Promise<void>;
}

const protocols = ['binary.k8s.io', 'base64.binary.k8s.io'];

/**
 * Log text over a WebSocket: binary messages, or text in base64. Throws UpgradeRefused.
 * Source: apimachinery streaming wsstream stream.go.
 * @param gone is aborted when the client has left
 */
export function acceptLogStream(
  offer: UpgradeOffer,
  headers: IncomingHttpHeaders,
  gone: AbortController,
): OneWayStream {
  if (offer.protocol !== 'websocket') throw new UpgradeRefused(400, 'logs are carried by WebSockets only');
  const protocol = chooseSubprotocol(listed(headers['sec-websocket-protocol']), protocols, false);
  const socket = acceptWebSocket(offer, headers, protocol);
  const isBase64 = protocol === 'base64.binary.k8s.io';
  socket.once('close', () => gone.abort());
  return {
    write: (data) =>
      new Promise((resolve) => {
        if (socket.readyState !== socket.OPEN) {
          resolve(false);
          return;
        }
        const message = isBase64 ? data.toString('base64') : data;
        socket.send(message, { binary: !isBase64 }, (error) => resolve(!error));
      }),
    end: () => closeWebSocket(socket),
  };
}
