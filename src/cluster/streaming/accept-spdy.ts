import type { UpgradeOffer } from '../upgrade-offer.ts';
import { type SpdyConnection, type SpdyStream, serveSpdy } from './spdy/index.ts';

/**
 * Makes the connection a SPDY/3.1 one.
 * @param protocol for X-Stream-Protocol-Version; '' when the client named none
 */
export function acceptSpdy(
  { socket, head, switching }: UpgradeOffer,
  protocol: string,
  onStream: (stream: SpdyStream) => void,
): SpdyConnection {
  switching();
  const chosen = protocol === '' ? '' : `X-Stream-Protocol-Version: ${protocol}\r\n`;
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n${chosen}\r\n`,
  );
  if (head.length > 0) socket.unshift(head);
  return serveSpdy(socket, onStream);
}
