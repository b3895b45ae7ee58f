/** More than any client sends; parsers differ in what they do beyond their limits. */
const MAX_QUERY_PARAMETERS = 1000;

/** What nearly every request looks like: plain segments, none of them empty or dots, and a printable query. */
const PLAIN_SEGMENT = "(?!\\.{1,2}(?:[/?]|$))[A-Za-z0-9._~:@!$&'()*+,=-]+";
const PLAIN_TARGET = new RegExp(`^/(?:${PLAIN_SEGMENT}(?:/${PLAIN_SEGMENT})*/?)?(?:\\?[!-"$-~]*)?$`);

/**
 * Finds what two parsers could read differently in a request target: the gateway authorizes one reading and
 * forwards the raw text, so it refuses (400) what allows a second one.
 * Stricter than kube-apiserver on purpose, which accepts most of this.
 * @returns undefined when the target is fine, else the reason.
 */
export function checkRequestTarget(target: string): string | undefined {
  if (target.length > MAX_QUERY_PARAMETERS && hasTooManyParameters(target)) {
    return `more than ${MAX_QUERY_PARAMETERS} query parameters`;
  }
  return PLAIN_TARGET.test(target) ? undefined : explain(target);
}

function explain(target: string): string | undefined {
  // Absolute form, authority form and `*` leave it to each hop which host or path is meant.
  if (!target.startsWith('/')) return 'the target does not begin with a slash';
  if (target.includes('#')) return 'a fragment in the target';
  if (/[^!-~]/.test(target)) return 'a space, control or non-ASCII character in the target';
  const queryStart = target.indexOf('?');
  return explainPath(queryStart < 0 ? target : target.slice(0, queryStart));
}

function explainPath(rawPath: string): string | undefined {
  if (rawPath.includes('\\')) return 'a backslash in the path';
  if (rawPath.includes(';')) return 'a semicolon in the path';
  if (/%(?![0-9A-Fa-f]{2})/.test(rawPath)) return 'a malformed percent-encoding in the path';
  if (/%(?:2f|5c)/i.test(rawPath)) return 'an encoded slash or backslash in the path';
  if (rawPath.includes('%00')) return 'an encoded NUL in the path';
  const path = decoded(rawPath);
  if (path === undefined) return 'a percent-encoding in the path that is not UTF-8';
  return explainSegments(path.split('/'));
}

/** The first segment is what stands before the leading slash; the last one is empty after a trailing slash. */
function explainSegments(segments: readonly string[]): string | undefined {
  for (let at = 1; at < segments.length; at++) {
    const segment = segments[at];
    if (segment === '.' || segment === '..') return 'a dot segment in the path';
    if (segment === '' && at < segments.length - 1) return 'an empty segment in the path';
  }
  return undefined;
}

function decoded(rawPath: string): string | undefined {
  try {
    return decodeURIComponent(rawPath);
  } catch {
    return undefined;
  }
}

function hasTooManyParameters(target: string): boolean {
  let separators = 0;
  for (let at = target.indexOf('&'); at >= 0; at = target.indexOf('&', at + 1)) separators++;
  return separators >= MAX_QUERY_PARAMETERS;
}
