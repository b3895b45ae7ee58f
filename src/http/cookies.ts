/** How this site's cookies are set: readable by no script, sent by no other site's form, bound to the host over TLS. */
export interface CookiePolicy {
  readonly secure: boolean;
  /** The name of a cookie with Path=/; `__Host-` over TLS, so that no sub-domain can plant one (RFC 6265bis §4.1.3). */
  hostName(name: string): string;
  /** The name of a cookie with a narrower path; `__Secure-` over TLS. */
  pathName(name: string): string;
  readonly options: { readonly httpOnly: true; readonly sameSite: 'lax'; readonly secure: boolean };
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
