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
 * An upstream's response headers that reach the client.
 * @param cookies true for an application, whose cookies are its business
 */
export function* keptHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  cookies = false,
): Generator<[string, string | string[]]> {
  const ofHop = namedByConnection(headers['connection']);
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || ofHop.has(name)) continue;
    if (!DROPPED.has(name) || (cookies && name === 'set-cookie')) yield [name, value];
  }
}
