import type { ServerResponse } from 'node:http';
import { namedByConnection } from './named-by-connection.ts';

/**
 * Response headers that belong to the hop, not to the answer (RFC 9110 §7.6.1), and those that the gateway sets itself.
 * Cookies go too: no Kubernetes client wants one, and a browser would send it to every port of the host.
 */
const DROPPED = new Set([
  'connection',
  'keep-alive',
  'set-cookie',
  'proxy-authenticate',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'audit-id',
]);

/**
 * Gives the client those of an upstream's response headers that reach it.
 * @param cookies true for an application, whose cookies are its business
 */
export function keepHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  response: Pick<ServerResponse, 'setHeader'>,
  cookies = false,
): void {
  const ofHop = namedByConnection(headers['connection']);
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || ofHop.has(name)) continue;
    if (!DROPPED.has(name) || (cookies && name === 'set-cookie')) response.setHeader(name, value);
  }
}
