/** How this site's cookies are set: readable by no script, sent by no other site's form, bound to the host over TLS. */
export interface CookiePolicy {
  readonly secure: boolean;
  /** The name of a cookie with Path=/; `__Host-` over TLS, so that no sub-domain can plant one (RFC 6265bis §4.1.3). */
  hostName(name: string): string;
  /** The name of a cookie with a narrower path; `__Secure-` over TLS. */
  pathName(name: string): string;
  readonly options: { readonly httpOnly: true; readonly sameSite: 'lax'; readonly secure: boolean };
}

/**
 * One cookie's value as it was sent; undefined when there is none.
 * @param header the request's `Cookie`
 */
export function readCookie(header: string | undefined, name: string): string | undefined {
  const pair = header?.split(/;\s*/).find((one) => one.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}

/** @param origin the site's own URL; its scheme decides whether cookies need TLS */
export function createCookiePolicy(origin: string): CookiePolicy {
  const secure = new URL(origin).protocol === 'https:';
  return {
    secure,
    hostName: (name) => (secure ? `__Host-${name}` : name),
    pathName: (name) => (secure ? `__Secure-${name}` : name),
    // Lax, not Strict: people arrive here by links and redirects from other sites.
    options: { httpOnly: true, sameSite: 'lax', secure },
  };
}
