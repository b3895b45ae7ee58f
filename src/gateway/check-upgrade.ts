import type { IncomingMessage } from 'node:http';

/** What Kubernetes' streaming clients ask for. Any other protocol may be ignored (RFC 9110 §7.8), and is. */
const STREAMING = /^(?:websocket|SPDY\/3\.1)$/i;

/**
 * Upgrades are not carried. Forwarded as a plain request, an exec would be answered by something that makes no sense to
 * its user; so it is refused here, in words.
 * @returns the protocol that was asked for, when it is one of Kubernetes' own
 */
export function streamingUpgrade({ headers }: IncomingMessage): string | undefined {
  const asked = headers.upgrade;
  return asked !== undefined && STREAMING.test(asked.trim()) ? asked.trim() : undefined;
}
