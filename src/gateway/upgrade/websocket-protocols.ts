/** A browser can't set an Authorization header on a WebSocket, so Kubernetes takes the token as a subprotocol. */
export const BEARER_PROTOCOL = 'base64url.bearer.authorization.k8s.io.';

/**
 * The subprotocols that a client offers, without its token: that one is for us, and must neither be passed on nor echoed.
 * @param header value of Sec-WebSocket-Protocol
 */
export function offeredProtocols(header: string | undefined): string[] {
  return (header ?? '')
    .split(',')
    .map((protocol) => protocol.trim())
    .filter((protocol) => protocol !== '' && !protocol.startsWith(BEARER_PROTOCOL));
}
