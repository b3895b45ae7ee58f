import { describe, expect, it } from 'vitest';
import { createClientAddress } from '../../src/http/index.ts';

const request = (remoteAddress: string, forwarded?: string | string[]) => ({
  socket: { remoteAddress },
  headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
});

describe('S-101: the client’s address', () => {
  const proxies = ['10.0.0.0/8', '2001:db8::/32', '192.0.2.1'];
  it.each<[string, readonly string[], string, string | string[] | undefined, string]>([
    ['the socket’s', [], '198.51.100.7', undefined, '198.51.100.7'],
    ['no proxy is trusted by default', [], '10.0.0.1', '203.0.113.9', '10.0.0.1'],
    ['a mapped address is the IPv4 one', [], '::ffff:198.51.100.7', undefined, '198.51.100.7'],
    ['a trusted proxy is believed', proxies, '10.1.2.3', '203.0.113.9', '203.0.113.9'],
    ['a mapped trusted proxy too', proxies, '::ffff:10.1.2.3', '203.0.113.9', '203.0.113.9'],
    ['only its own entry, the last one', proxies, '10.1.2.3', '1.1.1.1, 203.0.113.9', '203.0.113.9'],
    ['through two trusted proxies', proxies, '10.1.2.3', '1.1.1.1, 203.0.113.9, 192.0.2.1', '203.0.113.9'],
    ['in several headers', proxies, '10.1.2.3', ['1.1.1.1', '203.0.113.9'], '203.0.113.9'],
    ['all trusted: the farthest', proxies, '10.1.2.3', '10.0.0.9', '10.0.0.9'],
    ['junk ends the walk', proxies, '10.1.2.3', '203.0.113.9, unknown', '10.1.2.3'],
    ['a port is junk', proxies, '10.1.2.3', '203.0.113.9:80', '10.1.2.3'],
    ['an empty header', proxies, '10.1.2.3', '', '10.1.2.3'],
    ['IPv6', proxies, '2001:db8::1', '2001:db9::5', '2001:db9::5'],
    ['an untrusted host is not believed', proxies, '198.51.100.7', '203.0.113.9', '198.51.100.7'],
  ])('%s', (_name, trusted, remote, forwarded, expected) => {
    expect(createClientAddress(trusted)(request(remote, forwarded))).toBe(expected);
  });

  it('refuses a range that is none', () => {
    expect(() => createClientAddress(['proxy.example'])).toThrow(
      'not an address or CIDR range: proxy.example',
    );
  });
});
