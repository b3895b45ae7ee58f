import { createHmac, timingSafeEqual } from 'node:crypto';
import { listAnew } from '../list/index.ts';

/** Where the next page of a filtered list begins. */
export interface Continuation {
  /** The snapshot that all pages come from. */
  readonly revision: string;
  /** The places of the first page, by name: with others the pages would not be of one list. */
  readonly places: string;
  /** The name of the place to go on in. */
  readonly place: string;
  /** The API server's own token; '' at the beginning of a place. */
  readonly continue: string;
}

export interface ContinueTokens {
  /** @param purpose whom the token is for, and for what; it is good for nothing else */
  encode(continuation: Continuation, purpose: string): string;
  /** @throws StatusError 410 for everything that was not made here for this purpose: the client lists anew */
  decode(text: string, purpose: string): Continuation;
}

/** @param key of this process, at least 32 random bytes */
export function createContinueTokens(key: Buffer): ContinueTokens {
  const macOf = (body: string, purpose: string) =>
    createHmac('sha256', key).update(`${purpose.length}:${purpose}${body}`).digest();
  return {
    encode({ revision, places, place, continue: more }, purpose) {
      const body = Buffer.from(JSON.stringify([revision, places, place, more])).toString('base64url');
      return `${body}.${macOf(body, purpose).toString('base64url')}`;
    },
    decode(text, purpose) {
      const [body = '', mac = ''] = text.split('.');
      const given = Buffer.from(mac, 'base64url');
      const expected = macOf(body, purpose);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw listAnew();
      const [revision, places, place, more] = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
      return { revision, places, place, continue: more };
    },
  };
}
