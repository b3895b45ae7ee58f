/** Header fields of one request, as over HTTP/2. Beyond their limits, parsers differ in what they show (CVE-2026-58044). */
const MAX_FIELDS = 200;
const HOST = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/**
 * Refuses header fields that two readers could understand differently: node:http shows the first of two `Host` or
 * `Authorization` lines and drops the others without a word. Over HTTP/2 the host is `:authority`, and a Host beside it
 * must not name another. HTTP/1 takes the blanks around a value away; over HTTP/2 there must be none.
 * Source: RFC 9112 §3.2, RFC 9113 §8.2.1, §8.3.1.
 * @param rawHeaders names and values alternating
 * @returns undefined when they are plain, else what is wrong with them
 */
export function checkHeaders(rawHeaders: readonly string[]): string | undefined {
  if (rawHeaders.length > 2 * MAX_FIELDS) return `more than ${MAX_FIELDS} header fields`;
  let authority: string | undefined;
  let host: string | undefined;
  let authorized = false;
  const isHttp2 = rawHeaders[0]?.startsWith(':') === true;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (isHttp2 && hasOuterBlank(rawHeaders[at + 1] ?? '')) return "a blank at an end of a field's value";
    // Lengths first: nearly every header is none of these, and this runs for every request.
    if (name.length === 4 && name.toLowerCase() === 'host') {
      if (host !== undefined) return 'more than one Host';
      host = rawHeaders[at + 1];
    } else if (name.length === 13 && name.toLowerCase() === 'authorization') {
      if (authorized) return 'more than one Authorization header';
      authorized = true;
    } else if (name === ':authority') authority = rawHeaders[at + 1];
  }
  if (host !== undefined && authority !== undefined && host !== authority)
    return 'Host and :authority differ';
  const named = authority ?? host;
  return named === undefined || HOST.test(named) ? undefined : 'the Host is not a plain name';
}

const BLANK = 0x20;

/** A blank or a tab; nothing else of that kind gets here. */
function hasOuterBlank(value: string): boolean {
  return value.charCodeAt(0) <= BLANK || value.charCodeAt(value.length - 1) <= BLANK;
}
