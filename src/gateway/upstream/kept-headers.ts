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
 * The headers that the client gets (names and values alternating): the gateway's own, but for those that the upstream gives
 * itself, and those of the upstream's that reach a client.
 * @param headers the upstream's, names in lower case
 * @param own names and values alternating
 * @param cookies true for an application, whose cookies are its business
 */
export function keptHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  own: readonly string[],
  cookies = false,
): string[] {
  const kept: string[] = [];
  for (let at = 0; at + 1 < own.length; at += 2) {
    const name = own[at] ?? '';
    const lower = name.toLowerCase();
    if (headers[lower] === undefined || DROPPED.has(lower)) kept.push(name, own[at + 1] ?? '');
  }
  const ofHop = namedByConnection(headers['connection']);
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || ofHop.has(name)) continue;
    if (DROPPED.has(name) && !(cookies && name === 'set-cookie')) continue;
    if (typeof value === 'string') kept.push(name, value);
    else for (const one of value) kept.push(name, one);
  }
  return kept;
}
