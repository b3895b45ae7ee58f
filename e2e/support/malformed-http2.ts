import type { Field } from './http2-frames.ts';
import { PODS } from './raw-gateway.ts';

/** The pseudo-headers of a request. */
export const pseudo = (method = 'GET', path = PODS): Field[] => [
  [':method', method],
  [':scheme', 'https'],
  [':authority', 'localhost'],
  [':path', path],
];

/** What is behind the pseudo-headers of a GET of an administrator's, and may not be there. */
export const REFUSED_FIELDS: readonly (readonly [what: string, fields: readonly Field[]])[] = [
  ['transfer-encoding', [['transfer-encoding', 'chunked']]],
  ['connection: close', [['connection', 'close']]],
  ['connection that names a header', [['connection', 'impersonate-user']]],
  ['keep-alive', [['keep-alive', 'timeout=5']]],
  ['proxy-connection', [['proxy-connection', 'keep-alive']]],
  ['upgrade', [['upgrade', 'websocket']]],
  ['upgrade to h2c', [['upgrade', 'h2c']]],
  ['te: gzip', [['te', 'gzip']]],
  ['a length without a body', [['content-length', '3']]],
  [
    'two lengths',
    [
      ['content-length', '0'],
      ['content-length', '3'],
    ],
  ],
  ['a length that is no number', [['content-length', '+0']]],
  ['a length with a zero before it', [['content-length', '00']]],
  [
    'a pseudo-header behind a header',
    [
      ['x', '1'],
      [':path', '/api/v1/secrets'],
    ],
  ],
  ['a second :path', [[':path', '/api/v1/secrets']]],
  ['a second :method', [[':method', 'DELETE']]],
  ['a second :authority', [[':authority', 'evil']]],
  ['an unknown pseudo-header', [[':user', 'admin']]],
  [':status', [[':status', '200']]],
  [':protocol', [[':protocol', 'websocket']]],
  ['a Host that is not the authority', [['host', 'evil']]],
  ['two tokens', [['authorization', 'Bearer x']]],
  ['a blank before a value', [['x-a', ' 1']]],
  ['a blank before the assumed name', [['impersonate-user', ' jane']]],
  ['a tab behind the assumed name', [['impersonate-user', 'jane\t']]],
  ['S-181 201 fields', Array.from({ length: 196 }, (_, index): Field => [`x-${index}`, '1'])],
];

/** Fields that can't be any: nghttp2 takes them out, and what is left must be as if they had not been there. */
export const DROPPED_FIELDS: readonly (readonly [what: string, field: Field])[] = [
  ['CRLF in a value', ['x-a', '1\r\nimpersonate-user: jane']],
  ['LF in a value', ['x-a', '1\nimpersonate-user: jane']],
  ['CR in a value', ['x-a', '1\r2']],
  ['a NUL in a value', ['x-a', 'a\0b']],
  ['an empty name', ['', '1']],
  ['capitals in a name', ['Impersonate-User', 'jane']],
  ['a blank in a name', ['x a', '1']],
  ['a colon in a name', ['x:a', '1']],
  ['CRLF in a name', ['x\r\nimpersonate-user', 'jane']],
  ['a NUL in a name', ['x\0', '1']],
  ['a byte over 0x7f in a name', ['x\xe9', '1']],
];

const without = (name: string, path: string) => pseudo('GET', path).filter(([each]) => each !== name);
const changed = (name: string, value: string, path?: string): Field[] =>
  pseudo('GET', path).map(([each, was]) => [each, each === name ? value : was]);

/** Pseudo-headers that are none, or of nothing that is answered; of a request for this path. */
export const REFUSED_PSEUDO: readonly (readonly [
  what: string,
  fields: (path: string) => readonly Field[],
])[] = [
  ['no :method', (path) => without(':method', path)],
  ['no :path', (path) => without(':path', path)],
  ['no :scheme', (path) => without(':scheme', path)],
  ['an empty :path', () => changed(':path', '')],
  ['a blank in :path', (path) => changed(':path', `${path} HTTP/1.1`)],
  ['CRLF in :path', (path) => changed(':path', `${path} HTTP/1.1\r\nImpersonate-User: jane\r\n\r\n`)],
  ['a TAB in :path', (path) => changed(':path', `${path}\tx`)],
  ['a NUL in :path', (path) => changed(':path', `${path}\0`)],
  ['a byte over 0x7f in :path', (path) => changed(':path', `${path}/\xe9`)],
  [':path without a slash', () => changed(':path', 'api/v1/pods')],
  [':path of another host', () => changed(':path', 'http://evil/api/v1/pods')],
  [':path *', () => changed(':path', '*')],
  ['an empty :method', (path) => changed(':method', '', path)],
  ['a blank in :method', (path) => changed(':method', 'GET /api/v1/secrets HTTP/1.1\r\nx:', path)],
  [':method in lower case', (path) => changed(':method', 'get', path)],
  ['S-187 CONNECT with a path', (path) => changed(':method', 'CONNECT', path)],
  [
    'S-187 CONNECT',
    () => [
      [':method', 'CONNECT'],
      [':authority', 'evil:443'],
    ],
  ],
  ['S-187 TRACE', (path) => changed(':method', 'TRACE', path)],
  ['S-187 PROPFIND', (path) => changed(':method', 'PROPFIND', path)],
  ['S-187 PRI', (path) => changed(':method', 'PRI', path)],
  ['an authority with user information', (path) => changed(':authority', 'user@localhost', path)],
  ['an authority with a path', (path) => changed(':authority', 'localhost/x', path)],
  ['CRLF in the authority', (path) => changed(':authority', 'localhost\r\nx: y', path)],
  ['S-173 a byte over 0x7f in the authority', (path) => changed(':authority', 'localhost\xe9', path)],
];
