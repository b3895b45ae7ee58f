import type { IncomingHttpHeaders } from 'node:http';
import type { UpgradeOffer } from '../upgrade-offer.ts';
import { spdyRemoteCommand } from './remote-command-spdy.ts';
import { webSocketRemoteCommand } from './remote-command-websocket.ts';
import type { RemoteStreams, StreamChoice } from './remote-streams.ts';

/**
 * Accepts an upgrade for exec or attach: from then on the connection carries a process' streams.
 * @param closing aborted when the server ends: nothing is waited for any more
 * Throws UpgradeRefused when no protocol can be agreed on. Undefined when the client did not open its streams.
 */
export function acceptRemoteCommand(
  offer: UpgradeOffer,
  headers: IncomingHttpHeaders,
  choice: StreamChoice,
  closing: AbortSignal,
): Promise<RemoteStreams | undefined> {
  return offer.protocol === 'websocket'
    ? webSocketRemoteCommand(offer, headers, choice)
    : spdyRemoteCommand(offer, headers, choice, closing);
}
