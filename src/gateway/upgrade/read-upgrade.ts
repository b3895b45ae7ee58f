import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { StreamingProtocol } from './client-upgrade.ts';

const WEBSOCKET_KEY = /^[A-Za-z0-9+/]{22}==$/;

/** Whether the client asks for a protocol that may be spoken here. Any other wish is refused by `upgradeProblem`. */
export function streamingProtocol({ upgrade }: IncomingHttpHeaders): StreamingProtocol | undefined {
  const asked = upgrade?.trim().toLowerCase();
  if (asked === 'websocket') return 'websocket';
  return asked === 'spdy/3.1' ? 'SPDY/3.1' : undefined;
}

/**
 * What is wrong with a request's wish to change the protocol, before anybody is asked anything.
 * A body could be read as the first bytes of the new protocol, by us or by the API server (request smuggling), and a
 * handshake that is not exactly one would be answered by whoever reads it next.
 * Source: RFC 6455 §4.2.1; RFC 9110 §7.8.
 * @returns undefined when nothing is
 */
export function upgradeProblem(request: Pick<IncomingMessage, 'headers' | 'method'>): string | undefined {
  const { headers, method } = request;
  if (headers.upgrade === undefined || !/\bupgrade\b/i.test(headers.connection ?? '')) return undefined;
  const protocol = streamingProtocol(headers);
  if (protocol === undefined) return 'only websocket and SPDY/3.1 can be upgraded to';
  if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0) {
    return 'a request that asks for an upgrade has no body';
  }
  if (protocol === 'websocket') return websocketProblem(headers, method);
  return undefined;
}

function websocketProblem(headers: IncomingHttpHeaders, method: string | undefined): string | undefined {
  if (method !== 'GET') return 'a WebSocket is opened by GET';
  if (headers['sec-websocket-version'] !== '13') return 'the Sec-WebSocket-Version is not 13';
  const key = headers['sec-websocket-key'];
  return typeof key === 'string' && WEBSOCKET_KEY.test(key) ? undefined : 'the Sec-WebSocket-Key is none';
}
