import type { IncomingMessage } from 'node:http';
import type Provider from 'oidc-provider';

/**
 * Makes every request look as if it had come to the issuer's own address. The provider builds its URLs from the
 * request's host and protocol; these headers are ours, whatever the client or a proxy had put there.
 */
export function pinOrigin(provider: Provider, issuer: string): (req: IncomingMessage) => void {
  const { protocol, host } = new URL(issuer);
  provider.proxy = true;
  return ({ headers }) => {
    headers['x-forwarded-proto'] = protocol.slice(0, -1);
    headers['x-forwarded-host'] = host;
  };
}
