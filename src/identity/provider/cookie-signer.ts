import { createHmac, timingSafeEqual } from 'node:crypto';

/** What Koa signs cookies with, in the shape that its cookies module asks for (it takes a Keygrip). */
export interface CookieSigner {
  sign(data: string): string;
  verify(data: string, signature: string): boolean;
  /** 0 when the signature is good, -1 when not. */
  index(data: string, signature: string): number;
}

/**
 * The first secret signs, all verify. Keygrip would say which one verified, and the cookies module then sets a signature
 * by the first one, on another path than the cookie's own: a cookie that no longer fits the next sign-in's.
 */
export function createCookieSigner(secrets: readonly [string, ...string[]]): CookieSigner {
  const mac = (secret: string, data: string) => createHmac('sha256', secret).update(data).digest();
  const verify = (data: string, signature: string) => {
    const given = Buffer.from(signature, 'base64url');
    return secrets.some((secret) => {
      const expected = mac(secret, data);
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
  };
  return {
    sign: (data) => mac(secrets[0], data).toString('base64url'),
    verify,
    index: (data, signature) => (verify(data, signature) ? 0 : -1),
  };
}
