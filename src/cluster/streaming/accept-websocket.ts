import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import type { UpgradeOffer } from '../upgrade-offer.ts';
import { UpgradeRefused } from './negotiate-protocol.ts';

/** Bytes of one message at most; clients send pieces of 32 KiB. */
const maxPayload = 1024 * 1024;

interface Handshake {
  readonly method: 'GET';
  readonly headers: IncomingHttpHeaders;
  readonly protocol: string | undefined;
  readonly offer: UpgradeOffer;
}

const server = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  skipUTF8Validation: false,
  maxPayload,
});

server.on('headers', (lines: string[], request: unknown) => {
  const { protocol, offer } = request as Handshake;
  if (protocol !== undefined) lines.push(`Sec-WebSocket-Protocol: ${protocol}`);
  offer.switching();
});

/**
 * Makes the connection a WebSocket with a subprotocol that has been agreed on. Throws UpgradeRefused 400.
 * The library would refuse `SPDY/3.1+portforward.k8s.io`, which has a slash, so it does not see the subprotocols.
 */
export function acceptWebSocket(
  offer: UpgradeOffer,
  headers: IncomingHttpHeaders,
  protocol: string | undefined,
): WebSocket {
  const key = headers['sec-websocket-key'] ?? '';
  const version = headers['sec-websocket-version'] ?? '';
  if (version !== '13') {
    throw new UpgradeRefused(400, 'missing or bad WebSocket Version', { 'Sec-WebSocket-Version': '13' });
  }
  if (!/^[+/0-9A-Za-z]{22}==$/.test(key)) {
    throw new UpgradeRefused(400, 'missing or bad WebSocket key');
  }
  const request: Handshake = {
    method: 'GET',
    headers: {
      upgrade: 'websocket',
      connection: 'Upgrade',
      'sec-websocket-key': key,
      'sec-websocket-version': version,
    },
    protocol,
    offer,
  };
  let accepted: WebSocket | undefined;
  server.handleUpgrade(request as unknown as IncomingMessage, offer.socket, offer.head, (socket) => {
    accepted = socket;
  });
  if (accepted === undefined) throw new Error('the WebSocket library did not take the connection');
  // A broken frame or a broken connection: the close that follows says all that there is to say.
  accepted.on('error', () => {});
  return accepted;
}
