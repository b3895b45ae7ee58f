import { describe, expect, it } from 'vitest';
import { readWebSocketBearer } from '../../../src/gateway/authenticate/websocket-bearer.ts';

const PREFIX = 'base64url.bearer.authorization.k8s.io.';
const token = (text: string) => PREFIX + Buffer.from(text).toString('base64url');
const websocket = (...protocols: string[]) => [
  'Connection',
  'keep-alive, Upgrade',
  'Upgrade',
  'WebSocket',
  ...protocols.flatMap((protocol) => ['Sec-WebSocket-Protocol', protocol]),
];

describe('S-216 a bearer subprotocol', () => {
  it.each([
    ['with another one', websocket(`v5.channel.k8s.io, ${token('abc')}`), { kind: 'token', token: 'abc' }],
    ['before another one', websocket(`${token('abc')},v5.channel.k8s.io`), { kind: 'token', token: 'abc' }],
    [
      'in a header of its own',
      websocket('v5.channel.k8s.io', token('a.b.c')),
      { kind: 'token', token: 'a.b.c' },
    ],
    ['alone', websocket(token('abc')), { kind: 'refused', reason: 'missing additional subprotocol' }],
    [
      'twice',
      websocket(`a, ${token('abc')}, ${token('abc')}`),
      { kind: 'refused', reason: 'multiple base64.bearer.authorization tokens specified' },
    ],
    [
      'with padding',
      websocket(`a, ${PREFIX}YQ==`),
      { kind: 'refused', reason: 'invalid base64.bearer.authorization token encoding' },
    ],
    [
      'in the other alphabet',
      websocket(`a, ${PREFIX}+/+/`),
      { kind: 'refused', reason: 'invalid base64.bearer.authorization token encoding' },
    ],
    [
      'of an impossible length',
      websocket(`a, ${PREFIX}YWJjY`),
      { kind: 'refused', reason: 'invalid base64.bearer.authorization token encoding' },
    ],
    [
      'that is no UTF-8',
      websocket(`a, ${PREFIX}${Buffer.from([0xff, 0xfe]).toString('base64url')}`),
      { kind: 'refused', reason: 'invalid base64.bearer.authorization token' },
    ],
    ['that is empty', websocket(`a, ${PREFIX}`), { kind: 'none' }],
    [
      'of a request that wants no WebSocket',
      ['Sec-WebSocket-Protocol', `a, ${token('abc')}`],
      { kind: 'none' },
    ],
    [
      'of a request that wants SPDY',
      ['Connection', 'Upgrade', 'Upgrade', 'SPDY/3.1', 'Sec-WebSocket-Protocol', `a, ${token('abc')}`],
      { kind: 'none' },
    ],
    [
      'of a request whose Upgrade is not for this hop',
      websocket('a', token('abc')).with(1, 'keep-alive'),
      { kind: 'none' },
    ],
    ['that is not there', websocket('v5.channel.k8s.io'), { kind: 'none' }],
  ])('%s', (_name, rawHeaders, expected) => {
    expect(readWebSocketBearer(rawHeaders)).toEqual(expected);
  });
});
