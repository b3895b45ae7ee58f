import { PODS } from './raw-gateway.ts';

export const POST = `POST ${PODS} HTTP/1.1`;
export const GET = `GET ${PODS} HTTP/1.1`;

/** A request line, header lines and a body, byte for byte. */
export type RawRow = readonly [what: string, line: string, lines: readonly string[], body: string];
/** What a row need not say. */
type Short = readonly [what: string, line: string, lines?: readonly string[], body?: string];
function shortRows(rows: readonly Short[]): RawRow[] {
  return rows.map(([what, line, lines = [], body = '']) => [what, line, lines, body]);
}

export const CHUNKED = ['Transfer-Encoding: chunked'];
/** The end of a body in chunks. */
export const EMPTY = '0\r\n\r\n';
/** A request that must never be one. */
export const SECOND = `GET ${PODS}/second HTTP/1.1\r\nHost: localhost\r\n\r\n`;

/** Requests over HTTP/1.1 that could be read in two ways: nothing of these reaches the upstream. */
export const REFUSED_HTTP1: readonly RawRow[] = shortRows([
  ['S-166 CL.TE', POST, ['Content-Length: 5', ...CHUNKED], EMPTY + SECOND],
  [
    'S-166 TE.CL',
    POST,
    [...CHUNKED, 'Content-Length: 3'],
    `${SECOND.length.toString(16)}\r\n${SECOND}\r\n${EMPTY}`,
  ],
  [
    'S-166 a length and chunks in other case',
    POST,
    ['content-length: 0', 'TRANSFER-ENCODING: chunked'],
    EMPTY,
  ],
  ['S-166 a length and an unknown coding', POST, ['Content-Length: 0', 'Transfer-Encoding: x']],
  ...[
    'xchunked',
    'chunked,',
    'chunked, identity',
    'identity',
    '"chunked"',
    '\x0bchunked',
    '\xa0chunked',
    'chunked\x00',
  ].map(
    (coding): Short => [
      `S-167 the coding ${JSON.stringify(coding)}`,
      POST,
      [`Transfer-Encoding: ${coding}`],
      EMPTY,
    ],
  ),
  ['S-167 two codings', POST, [...CHUNKED, ...CHUNKED], EMPTY],
  ['S-167 a blank before the colon', POST, ['Transfer-Encoding : chunked'], EMPTY],
  ['S-167 a folded coding', POST, ['Transfer-Encoding:\r\n chunked'], EMPTY],
  ...[',chunked', 'gzip, chunked', 'chunked, chunked', 'chunked;q=1'].map(
    (coding): Short => [
      `S-168 the coding ${JSON.stringify(coding)}`,
      POST,
      [`Transfer-Encoding: ${coding}`],
      EMPTY,
    ],
  ),
  ['S-169 chunks on HTTP/1.0', `POST ${PODS} HTTP/1.0`, CHUNKED, EMPTY],
  [
    'S-169 chunks on HTTP/1.0 that is kept alive',
    `POST ${PODS} HTTP/1.0`,
    ['Connection: keep-alive', ...CHUNKED],
    EMPTY,
  ],
  ['S-170 two lengths', POST, ['Content-Length: 3', 'Content-Length: 4'], 'abc'],
  ['S-170 the same length twice', POST, ['Content-Length: 3', 'Content-Length: 3'], 'abc'],
  ['S-185 the same length twice, in other case', POST, ['Content-Length: 3', 'content-length: 3'], 'abc'],
  ...['3, 3', '+3', '-3', '0x3', '3_0', '', '1 2', '99999999999999999999', '3.0', '3e0'].map(
    (length): Short => [
      `S-170 the length ${JSON.stringify(length)}`,
      POST,
      [`Content-Length: ${length}`],
      'abc',
    ],
  ),
  ['S-170 a blank before the colon', POST, ['Content-Length : 3'], 'abc'],
  ['S-170 a line that begins with a blank', `${POST}\r\n Content-Length: 3`, [], 'abc'],
  ['S-171 a length with a zero before it', POST, ['Content-Length: 03'], 'abc'],
  ['S-172 a bare LF', GET, ['X-A: 1\nX-B: 2']],
  ['S-172 a bare CR', GET, ['X-A: 1\rX-B: 2']],
  ['S-172 two CR', GET, ['X-A: 1\r\r\nX-B: 2']],
  ['S-172 a NUL', GET, ['X-A: a\x00b']],
  ['S-172 an empty name', GET, [': 1']],
  ['S-172 no colon', GET, ['X-A']],
  ['S-172 a name with a blank', GET, ['X A: 1']],
  ['S-172 a folded line', GET, ['X-A: 1\r\n 2']],
  ['S-172 HTTP/1.2', `GET ${PODS} HTTP/1.2`],
  ['S-172 HTTP/2.0 in a request line', `GET ${PODS} HTTP/2.0`],
  ['S-172 a control character in the target', `GET ${PODS}/\x01 HTTP/1.1`],
  ['S-172 a blank in the target', `GET ${PODS} x HTTP/1.1`],
  ['S-173 a byte over 0x7f in the token', GET, ['Authorization: Bearer \xe9']],
  ['S-173 a byte over 0x7f in the Host', GET, ['Host: localhost\xe9']],
  ['S-173 a byte over 0x7f in the assumed name', GET, ['Impersonate-User: j\xe9ne']],
  ['S-177 HEAD with a body', `HEAD ${PODS} HTTP/1.1`, ['Content-Length: 3'], 'abc'],
  ['S-177 HEAD with chunks', `HEAD ${PODS} HTTP/1.1`, CHUNKED, `3\r\nabc\r\n${EMPTY}`],
  ...['y 100-continue', '100-continue, x', '200-ok', '100-continued'].map(
    (expected): Short => [
      `S-180 Expect: ${expected}`,
      POST,
      [`Expect: ${expected}`, 'Content-Length: 3'],
      'abc',
    ],
  ),
  ['S-181 201 header fields', GET, Array.from({ length: 198 }, (_, index) => `X-${index}: 1`)],
  ['S-181 2100 header fields', GET, Array.from({ length: 2100 }, (_, index) => `X-${index}: 1`)],
  [
    'S-181 a length behind 2100 others',
    POST,
    [...Array.from({ length: 2100 }, () => 'X: 1'), 'Content-Length: 3'],
    'abc',
  ],
  ...['CONNECT', 'TRACE', 'TRACK', 'PRI', 'PROPFIND', 'PURGE', 'BREW', 'get', 'QUERY'].map(
    (method): Short => [`S-187 ${method}`, `${method} ${PODS} HTTP/1.1`],
  ),
  ['S-187 CONNECT to another host', 'CONNECT 169.254.169.254:80 HTTP/1.1'],
  ['S-187 HTTP/0.9', `GET ${PODS}`],
  ['S-187 HTTP/2’s preface', 'PRI * HTTP/2.0'],
]);

/** Requests whose body breaks off in nonsense: what came before the fault may go up, and never the end. */
export const MALFORMED_HTTP1: readonly RawRow[] = shortRows([
  ['S-174 a blank in the size', POST, CHUNKED, `3 \r\nabc\r\n${EMPTY}`],
  ...['0x3', '-3', '3_0', 'g', '', '+3', '10000000000000003'].map(
    (size): Short => [`S-174 the size ${JSON.stringify(size)}`, POST, CHUNKED, `${size}\r\nabc\r\n${EMPTY}`],
  ),
  ['S-174 a size that ends with LF', POST, CHUNKED, `3\nabc\r\n${EMPTY}`],
  ['S-174 no CRLF behind the data', POST, CHUNKED, `3\r\nabc${EMPTY}`],
  ['S-174 LF behind the data', POST, CHUNKED, `3\r\nabc\n${EMPTY}`],
  ['S-174 more data than said', POST, CHUNKED, `3\r\nabcd\r\n${EMPTY}`],
  ['S-174 a CR in an extension', POST, CHUNKED, `3;a\rb\r\nabc\r\n${EMPTY}`],
  ['S-174 an LF in an extension', POST, CHUNKED, `3;a\nb\r\nabc\r\n${EMPTY}`],
  ['S-174 a quoted CRLF in an extension', POST, CHUNKED, `3;a="\r\n"\r\nabc\r\n${EMPTY}`],
  ['S-175 an extension without end', POST, CHUNKED, `3;${'a'.repeat(20_000)}\r\nabc\r\n${EMPTY}`],
  ['S-176 a length in the trailer', POST, CHUNKED, '3\r\nabc\r\n0\r\nContent-Length: 3\r\n\r\n'],
  ['S-176 a coding in the trailer', POST, CHUNKED, '3\r\nabc\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n'],
]);
