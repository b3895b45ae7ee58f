/** Framing and hop (RFC 9110 §7.6.1), and what the gateway says itself. */
const OF_THE_HOP = [
  'authorization',
  'audit-id',
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-authentication-info',
  'proxy-connection',
  // Nothing between the two ends should have to unpack anything.
  'sec-websocket-extensions',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/**
 * Headers by which a proxy tells a service who the client is, where it is, or what it really asked for. Services believe
 * them, so that none may come from a client: not an identity, not an address, and neither another path nor another
 * method than those that were decided on.
 */
const OF_PROXIES = [
  'cf-connecting-ip',
  'client-ip',
  'forwarded',
  'front-end-https',
  'remote-addr',
  'remote-email',
  'remote-groups',
  'remote-name',
  'remote-user',
  'true-client-ip',
  'via',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-real-ip',
  'x-rewrite-url',
  'x-webauth-user',
];

const PREFIXES =
  /^(?:cf-access-|impersonate-|ssl-client-|tailscale-user-|x-amzn-oidc-|x-auth-request-|x-authentik-|x-client-cert|x-envoy-|x-forwarded-|x-goog-authenticated-user-|x-goog-iap-|x-ms-client-principal|x-original-|x-pomerium-|x-remote-|x-ssl-|x-vouch-|x-webauth-)/;
const PLAIN = /^[a-z0-9-]+$/;

/**
 * Tells the request headers that never reach a service as the client sent them. A name counts as another one when
 * something on the way could make that of it: CGI, WSGI, PHP and others turn `_`, `.` and the like into one character
 * (CVE-2025-64484).
 * @param own further names, in any case
 * @returns a function of a name in lower case
 */
export function createHeaderGuard(own: readonly string[]): (name: string) => boolean {
  const guarded = new Set([...OF_THE_HOP, ...OF_PROXIES, ...own.map((name) => name.toLowerCase())]);
  return (name) => {
    const read = PLAIN.test(name) ? name : name.replace(/[^a-z0-9]/g, '-');
    return guarded.has(read) || PREFIXES.test(read);
  };
}
