/**
 * Whether a request is for this site, judged by its raw headers and target before any handler builds a URL from them.
 * Refused: a Host that is missing, doubled, carries user information or names another host; a target that is not a
 * plain path (absolute-form and `//host` would move URL resolution to another authority).
 * @param origin the site's own URL
 */
export function createHostGuard(
  origin: string,
): (req: { readonly rawHeaders: readonly string[]; readonly url?: string | undefined }) => boolean {
  const { host, hostname, port, protocol } = new URL(origin);
  const accepted = new Set([host]);
  if (port === '') accepted.add(`${hostname}:${protocol === 'https:' ? 443 : 80}`);
  return ({ rawHeaders, url = '' }) => {
    if (!url.startsWith('/') || url.startsWith('//') || url.includes('\\')) return false;
    let value: string | undefined;
    for (let i = 0; i < rawHeaders.length; i += 2) {
      if (rawHeaders[i]?.toLowerCase() !== 'host') continue;
      if (value !== undefined) return false;
      value = rawHeaders[i + 1];
    }
    return value !== undefined && accepted.has(value.toLowerCase());
  };
}
