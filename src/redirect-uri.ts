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

/** Dex accepts these for flows of its own; they are no addresses of an application, and nobody is led there. */
export function isDexOwnRedirect(uri: string, issuer: string): boolean {
  const base = new URL(issuer).pathname.replace(/\/$/, '');
  return ['/device/callback', `${base}/device/callback`, 'urn:ietf:wg:oauth:2.0:oob'].includes(uri);
}
