/**
 * The code that a person carries from one screen to another (RFC 8628 §6.1): eight of twenty consonants, which spell
 * no words and are hardly mistaken for one another. Owns how it is written. Does not own who may try one.
 */
export const userCodeMask = '****-****';

const letters = /^[BCDFGHJKLMNPQRSTVWXZ]{8}$/;

/** The code that somebody means, whatever the case and the blanks and hyphens; undefined when it can be none. */
export function readUserCode(typed: string): string | undefined {
  const code = typed.replace(/[\s\p{Dash}]/gu, '').toUpperCase();
  return letters.test(code) ? code : undefined;
}

/** As it is shown. */
export function writeUserCode(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}
