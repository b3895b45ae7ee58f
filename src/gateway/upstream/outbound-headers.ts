import type { IncomingMessage } from 'node:http';
import { traceHeaders } from '../trace-context/index.ts';

/**
 * The only request headers that reach the API server: those that its clients use to say what they want.
 * Everything else, above all every identity header and everything that `Connection` could name, is left behind,
 * because the outbound set is built from this list and never edited from the inbound one.
 */
const FORWARDED = [
  'accept',
  'accept-encoding',
  'accept-language',
  'content-type',
  'content-encoding',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'range',
  'user-agent',
  'kubectl-command',
  'kubectl-session',
] as const;

/**
 * Builds the outbound header list (names and values alternating).
 * @param identity header list that says who the request is from; comes first
 * @returns the headers without Host, which the client adds for the server that it is connected to
 */
export function outboundHeaders(
  request: IncomingMessage,
  identity: readonly string[],
  auditId: string,
): string[] {
  const inbound = request.headers;
  const outbound = [...identity, 'audit-id', auditId];
  for (const name of FORWARDED) {
    const value = inbound[name];
    if (typeof value === 'string') outbound.push(name, value);
  }
  const length = inbound['content-length'];
  if (length !== undefined) outbound.push('content-length', length);
  outbound.push(...traceHeaders(inbound));
  return outbound;
}
