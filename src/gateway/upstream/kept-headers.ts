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

/** An upstream's response headers that reach the client. */
export function* keptHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Generator<[string, string | string[]]> {
  const named = nominated(headers['connection']);
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && !DROPPED.has(name) && named?.has(name) !== true) yield [name, value];
  }
}

/** Headers that `Connection` says are the hop's own. */
function nominated(connection: string | string[] | undefined): Set<string> | undefined {
  if (connection === undefined) return undefined;
  const tokens = String(connection).toLowerCase();
  // The usual case costs no set.
  if (tokens === 'keep-alive' || tokens === 'close') return undefined;
  return new Set(tokens.split(',').map((token) => token.trim()));
}
