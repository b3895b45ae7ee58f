/** One `key=value` pair of a query, decoded. */
export type QueryPair = readonly [key: string, value: string];

const BAD_ESCAPE = /%(?![0-9A-Fa-f]{2})/;
const LOSSY_UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Parses a raw query (without `?`) as Go's url.Values does, which is how kube-apiserver reads it: a pair with
 * a `;` or a bad escape is dropped and the others are kept, `+` is a space, order is the raw one. Invalid UTF-8
 * becomes U+FFFD (Go keeps the bytes). URLSearchParams differs on all of these and must not decide anything.
 * Source: Go net/url parseQuery.
 */
export function parseGoQuery(rawQuery: string): QueryPair[] {
  const pairs: QueryPair[] = [];
  if (rawQuery === '') return pairs;
  for (const part of rawQuery.split('&')) {
    if (part === '' || part.includes(';')) continue;
    const equals = part.indexOf('=');
    const key = queryUnescape(equals < 0 ? part : part.slice(0, equals));
    const value = equals < 0 ? '' : queryUnescape(part.slice(equals + 1));
    if (key !== undefined && value !== undefined) pairs.push([key, value]);
  }
  return pairs;
}

/** The first value of a parameter: the only one that kube-apiserver's option decoding looks at. */
export function firstQueryValue(pairs: readonly QueryPair[], key: string): string | undefined {
  for (const pair of pairs) {
    if (pair[0] === key) return pair[1];
  }
  return undefined;
}

/** Source: Go net/url QueryUnescape. undefined when an escape is malformed. */
function queryUnescape(text: string): string | undefined {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  if (BAD_ESCAPE.test(spaced)) return undefined;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return LOSSY_UTF8.decode(percentDecodedBytes(spaced));
  }
}

function percentDecodedBytes(text: string): Buffer {
  const pieces = text.split(/(%[0-9A-Fa-f]{2})/);
  return Buffer.concat(
    pieces.map((piece) =>
      piece.startsWith('%') ? Buffer.from(piece.slice(1), 'hex') : Buffer.from(piece, 'utf8'),
    ),
  );
}
