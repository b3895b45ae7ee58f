import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ClientUpgrade } from './client-upgrade.ts';
import { streamingProtocol } from './read-upgrade.ts';

type Handle = (request: IncomingMessage, response: ServerResponse, upgrade: ClientUpgrade) => void;

/**
 * Sends upgrades through the same pipeline as every other request. Node hands over the bare connection; a refusal needs a
 * response on it, after which the connection ends. Nothing that was sent behind the headers is read as a request.
 */
export function serveUpgrades(
  handle: Handle,
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  return (request, duplex, head) => {
    const socket = duplex as Socket;
    const protocol = streamingProtocol(request.headers);
    // A connection that breaks is its client's affair; without a listener it would be the process'.
    socket.on('error', () => socket.destroy());
    if (protocol === undefined) return void socket.destroy();
    socket.setTimeout(0);
    socket.setNoDelay(true);
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    try {
      response.assignSocket(socket);
    } catch {
      // The answer to an earlier request is not out yet (pipelining): two of them would get mixed up.
      return void socket.destroy();
    }
    response.once('finish', () => socket.destroySoon());
    handle(request, response, { protocol, socket, head });
  };
}
