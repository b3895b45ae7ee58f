import { createHmac, timingSafeEqual } from 'node:crypto';

export interface Csrf {
  /** The token for the forms of one browser session. */
  token(sessionId: string): string;
  /** Whether a form's token belongs to the session. */
  verify(sessionId: string, token: unknown): boolean;
}

/**
 * Form tokens that need no storage: a MAC of the session id, which only the browser and the server know.
 * @param secrets of the server, the same in every process; the first one makes tokens, all verify
 */
export function createCsrf(secrets: () => readonly [string, ...string[]]): Csrf {
  const mac = (secret: string, sessionId: string) =>
    createHmac('sha256', secret).update(`csrf\0${sessionId}`).digest();
  return {
    token: (sessionId) => mac(secrets()[0], sessionId).toString('base64url'),
    verify(sessionId, token) {
      if (typeof token !== 'string') return false;
      const given = Buffer.from(token, 'base64url');
      return secrets().some((secret) => {
        const expected = mac(secret, sessionId);
        return given.length === expected.length && timingSafeEqual(given, expected);
      });
    },
  };
}

/**
 * Whether the browser itself says that another site made the request (Fetch Metadata; else the Origin header).
 * `Origin: null` says nothing: our own pages send it, because their Referrer-Policy is no-referrer.
 * @param origin this site's origin
 */
export function isCrossSite(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  origin: string,
): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin';
  const from = headers['origin'];
  return from !== undefined && from !== 'null' && from !== origin;
}
