import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Why a request is not let through. */
export interface Refusal {
  readonly status: number;
  readonly reason: 'Unauthorized' | 'Forbidden' | 'MisdirectedRequest';
  readonly message: string;
}

/**
 * Who may speak with the proxy: who has its secret, and no page in a browser. Other users of this machine reach its port, and
 * a foreign page does by a name that it lets point to 127.0.0.1 (DNS rebinding).
 */
export function createProxyGuard(
  port: number,
  secret: string,
): (request: IncomingMessage) => Refusal | undefined {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const wanted = digest(`Bearer ${secret}`);
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  return ({ headers }) => {
    if (!hosts.includes(headers.host ?? '')) {
      return {
        status: 421,
        reason: 'MisdirectedRequest',
        message: `this address answers to ${hosts[0]} only`,
      };
    }
    if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined) {
      return { status: 403, reason: 'Forbidden', message: 'no web page may use this address' };
    }
    if (timingSafeEqual(digest(headers.authorization ?? ''), wanted)) return undefined;
    return {
      status: 401,
      reason: 'Unauthorized',
      message: 'the secret of this proxy is missing: use its kubeconfig',
    };
  };
}
