import { BEARER_PROTOCOL, offeredProtocols } from '../upgrade/index.ts';
import type { BearerToken } from './bearer-token.ts';

/** A token among the subprotocols, and why it does not count when it does not. */
export type WebSocketBearer = BearerToken | { readonly kind: 'refused'; readonly reason: string };

const none: WebSocketBearer = { kind: 'none' };
const UPGRADE = /(?:^|,)\s*upgrade\s*(?:,|$)/i;
const RAW_BASE64URL = /^[A-Za-z0-9_-]+$/;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads the token that a browser sends in Sec-WebSocket-Protocol, where it can't set Authorization.
 * Source: apiserver/pkg/authentication/request/websocket/protocol.go.
 */
export function readWebSocketBearer(rawHeaders: readonly string[]): WebSocketBearer {
  const headers = websocketHeaders(rawHeaders);
  if (headers === undefined) return none;
  const tokens: string[] = [];
  const others: string[] = [];
  for (const header of headers) {
    others.push(...offeredProtocols(header));
    for (const protocol of header.split(',')) {
      const text = protocol.trim();
      if (text.startsWith(BEARER_PROTOCOL)) tokens.push(text.slice(BEARER_PROTOCOL.length));
    }
  }
  const [encoded] = tokens;
  if (encoded === undefined) return none;
  if (tokens.length > 1) return refused('multiple base64.bearer.authorization tokens specified');
  if (others.length === 0) return refused('missing additional subprotocol');
  return decode(encoded);
}

function decode(encoded: string): WebSocketBearer {
  if (encoded === '') return none;
  // A single character more than whole groups of four can't be the end of anything.
  if (!RAW_BASE64URL.test(encoded) || encoded.length % 4 === 1) {
    return refused('invalid base64.bearer.authorization token encoding');
  }
  try {
    return { kind: 'token', token: decoder.decode(Buffer.from(encoded, 'base64url')) };
  } catch {
    return refused('invalid base64.bearer.authorization token');
  }
}

function refused(reason: string): WebSocketBearer {
  return { kind: 'refused', reason };
}

/**
 * The values of Sec-WebSocket-Protocol, when the request asks for a WebSocket: in Upgrade and in Connection.
 * Source: apimachinery/pkg/util/httpstream/wsstream/conn.go IsWebSocketRequest.
 */
function websocketHeaders(rawHeaders: readonly string[]): string[] | undefined {
  let isWebSocket = false;
  let isUpgrade = false;
  const values: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase();
    const value = rawHeaders[at + 1] ?? '';
    if (name === 'upgrade') isWebSocket = value.trim().toLowerCase() === 'websocket';
    else if (name === 'connection') isUpgrade ||= UPGRADE.test(value);
    else if (name === 'sec-websocket-protocol') values.push(value);
  }
  return isWebSocket && isUpgrade && values.length > 0 ? values : undefined;
}
