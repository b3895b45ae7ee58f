import type { IncomingMessage } from 'node:http';
import { offeredProtocols, type StreamingProtocol } from '../upgrade/index.ts';
import { outboundHeaders } from './outbound-headers.ts';

/** What an upstream's 101 may tell the client. */
const ANSWERED = new Set(['sec-websocket-accept', 'sec-websocket-protocol', 'x-stream-protocol-version']);

/**
 * Builds the outbound header list of an upgrade (names and values alternating): that of any request, and the handshake.
 * Extensions (compression) are not passed on: nothing between the two ends should have to unpack anything.
 * @param host value of the Host header
 */
export function upgradeHeaders(
  request: IncomingMessage,
  protocol: StreamingProtocol,
  identity: readonly string[],
  { auditId, host }: { readonly auditId: string; readonly host: string },
): string[] {
  const headers = ['host', host, ...outboundHeaders(request, identity, auditId)];
  headers.push('connection', 'Upgrade', 'upgrade', protocol);
  if (protocol === 'websocket') {
    headers.push('sec-websocket-version', '13');
    headers.push('sec-websocket-key', request.headers['sec-websocket-key'] ?? '');
    const offered = offeredProtocols(request.headers['sec-websocket-protocol']);
    if (offered.length > 0) headers.push('sec-websocket-protocol', offered.join(', '));
  } else {
    for (const version of streamProtocolVersions(request.rawHeaders)) {
      headers.push('x-stream-protocol-version', version);
    }
  }
  return headers;
}

/** One header for each version that the client speaks: joined by commas, Kubernetes would read them as one. */
function streamProtocolVersions(rawHeaders: readonly string[]): string[] {
  const versions: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() === 'x-stream-protocol-version')
      versions.push(rawHeaders[at + 1] ?? '');
  }
  return versions;
}

/** The head of the answer that changes the protocol, as it goes to the client. */
export function switchingHead(
  { headers }: Pick<IncomingMessage, 'headers'>,
  protocol: StreamingProtocol,
  auditId: string,
): string {
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', `Upgrade: ${protocol}`];
  for (const name of ANSWERED) {
    const value = headers[name];
    if (typeof value === 'string') lines.push(`${name}: ${value}`);
  }
  return `${lines.join('\r\n')}\r\nAudit-Id: ${auditId}\r\n\r\n`;
}
