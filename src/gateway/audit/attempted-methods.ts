import type { IncomingHttpHeaders } from 'node:http';

/** What a failed authentication says before its answer is known. Source: Kubernetes endpoints/filters/authn_audit.go. */
export function attemptedMethods({ authorization = '' }: IncomingHttpHeaders): string {
  const [scheme = '', credential] = authorization.trim().split(' ', 2);
  const method = scheme.toLowerCase();
  if (credential !== undefined && (method === 'basic' || method === 'bearer')) {
    return `Authentication failed, attempted: ${method}`;
  }
  return 'Authentication failed, no credentials provided';
}
