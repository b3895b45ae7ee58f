import { describe, expect, it } from 'vitest';
import { recording } from './support/recording.ts';

const POD = '/api/v1/namespaces/default/pods/web';

describe('what an event tells of the client', () => {
  const originOf = (headers: Record<string, string>, remoteAddress?: string) => {
    const { begin, events } = recording();
    begin('GET', POD, { request: { url: POD, headers, socket: { remoteAddress } } });
    return events()[0];
  };

  it.each([
    [{}, '192.0.2.7', ['192.0.2.7']],
    [{}, '::ffff:192.0.2.7', ['192.0.2.7']],
    [{}, '2001:DB8:0:0:0:0:0:1', ['2001:db8::1']],
    [{}, 'fe80::1%eth0', ['fe80::1']],
    [{}, undefined, undefined],
    [
      { 'x-forwarded-for': '10.0.0.1, bogus,010.0.0.2 ,::1' },
      '192.0.2.7',
      ['10.0.0.1', '10.0.0.2', '::1', '192.0.2.7'],
    ],
    [{ 'x-forwarded-for': '192.0.2.7' }, '192.0.2.7', ['192.0.2.7']],
    [{ 'x-forwarded-for': '10.0.0.1', 'x-real-ip': '10.0.0.1' }, '192.0.2.7', ['10.0.0.1', '192.0.2.7']],
    [{ 'x-real-ip': '10.0.0.9' }, '192.0.2.7', ['10.0.0.9', '192.0.2.7']],
    [{ 'x-forwarded-for': '"],"x":["' }, '192.0.2.7', ['192.0.2.7']],
  ])('sourceIPs of %j from %s', (headers, remoteAddress, expected) => {
    expect(originOf(headers, remoteAddress)?.['sourceIPs']).toEqual(expected);
  });

  it.each([
    ['a'.repeat(1024), 'a'.repeat(1024)],
    ['a'.repeat(1025), `${'a'.repeat(1024)}...TRUNCATED`],
    ['x"}\n{"kind', 'x"}\n{"kind'],
    [Buffer.from('é').toString('latin1'), 'é'],
    ['', undefined],
  ])('userAgent %#', (agent, expected) => {
    expect(originOf({ 'user-agent': agent })?.['userAgent']).toBe(expected);
  });

  // Stricter than kube-apiserver, which records the target as it is.
  it('leaves a token in the target out', () => {
    const { begin, events } = recording();
    begin('GET', '/api/v1/pods?watch=1&access_token=canary&x=1');
    expect(events()[0]?.['requestURI']).toBe('/api/v1/pods?watch=1&access_token=REDACTED&x=1');
  });

  it('has one line an event, whatever the client sends', () => {
    const { begin, lines } = recording();
    begin('GET', POD, { auditId: 'x\n"', user: { username: 'a\n"\u2028', groups: ['\n'] } })?.complete(200);
    expect(lines.filter((line) => /[\n\u2028]/.test(line))).toEqual([]);
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ auditID: 'x\n"', user: { username: 'a\n"\u2028' } });
  });
});
