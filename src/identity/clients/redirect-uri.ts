/**
 * A loopback redirect of an app on the person's own machine: any port, any path (RFC 8252 §7.3).
 * Only these three spellings of the host: others (`127.1`, `0x7f.1`, `[::ffff:127.0.0.1]`, names that resolve to
 * loopback) are read differently by different parsers. No query, fragment, user information or escapes.
 */
const loopback =
  /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::([1-9]\d{0,4}))?(?:\/[\w\-.~!$&'()*+,;=:@/]*)?$/;

export function isLoopbackRedirectUri(uri: string): boolean {
  const match = loopback.exec(uri);
  return match !== null && (match[1] === undefined || Number(match[1]) <= 65_535);
}

/**
 * Whether a redirect URI may be registered, judged without normalising it.
 * @returns what is wrong with it; undefined when nothing is
 */
export function redirectUriProblem(uri: string): string | undefined {
  // What a URL parser would silently drop or rewrite must not be registered: it could never be compared exactly.
  if (!/^[!-~]+$/.test(uri) || uri.includes('\\')) return 'holds characters that are not allowed in a URI';
  const url = URL.parse(uri);
  if (url === null) return 'is not an absolute URI';
  // Browsers read `https:name` and `https:/name` as a path of the site that sends them there.
  if (/^https?:/i.test(uri) && !/^https?:\/\/[^/]/i.test(uri)) return 'has no host behind //';
  if (uri.includes('#')) return 'has a fragment';
  if (url.username !== '' || url.password !== '') return 'has user information';
  if (url.hostname.includes('*')) return 'has a wildcard';
  if (['javascript:', 'vbscript:', 'data:', 'blob:', 'file:', 'about:'].includes(url.protocol)) {
    return `has the scheme ${url.protocol.slice(0, -1)}, which runs or shows content instead of leaving`;
  }
  return undefined;
}
