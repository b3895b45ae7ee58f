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
