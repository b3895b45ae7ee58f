import { goTrim } from '../../kube/index.ts';

/** What the Authorization header of a request holds for us. */
export type BearerToken =
  /** No header, another scheme, or no token: the request has no credentials that we read. */
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string }
  /** Credentials that kube-apiserver overlooks; `warning` is the text of its Warning header. */
  | { readonly kind: 'ignored'; readonly warning: string };

const none: BearerToken = { kind: 'none' };
const ignored: BearerToken = {
  kind: 'ignored',
  warning: 'the provided Authorization header contains extra space before the bearer token, and is ignored',
};
// ASCII only: the header's bytes reach us as Latin-1, where trim() would eat parts of UTF-8 characters.
const SCHEME = 'Bearer ';
const SPACE = 0x20;
const SPACES = '\t\n\v\f\r ';

/**
 * Reads the bearer token from raw header pairs (name, value, name, value …) as kube-apiserver does:
 * the first Authorization header, split at single spaces; what follows the token is not looked at.
 * Source: apiserver/pkg/authentication/request/bearertoken/bearertoken.go.
 */
export function readBearerToken(rawHeaders: readonly string[]): BearerToken {
  const header = firstAuthorization(rawHeaders);
  if (header === undefined) return none;
  if (isPlain(header)) return { kind: 'token', token: header.slice(SCHEME.length) };
  const [scheme = '', token, ...more] = goTrim(header, SPACES).split(' ', 3);
  if (token === undefined || scheme.toLowerCase() !== 'bearer') return none;
  if (token === '') return more.length > 0 ? ignored : none;
  return { kind: 'token', token };
}

/** What nearly every client sends: one space, and none around it. It is long, and so looked at once only. */
function isPlain(header: string): boolean {
  return (
    header.startsWith(SCHEME) &&
    header.length > SCHEME.length &&
    header.charCodeAt(header.length - 1) > SPACE &&
    !header.includes(' ', SCHEME.length)
  );
}

function firstAuthorization(rawHeaders: readonly string[]): string | undefined {
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 13 && name.toLowerCase() === 'authorization') return rawHeaders[at + 1];
  }
  return undefined;
}
