import { describe, expect, it } from 'vitest';
import { createCookiePolicy } from '../../src/http/index.ts';

describe('S-087: the cookie policy', () => {
  it('binds cookies to the host over TLS', () => {
    const policy = createCookiePolicy('https://us.example/path');
    expect(policy.hostName('a')).toBe('__Host-a');
    expect(policy.pathName('a')).toBe('__Secure-a');
    expect(policy.options).toEqual({ httpOnly: true, sameSite: 'lax', secure: true });
  });

  it('makes cookies that work without it', () => {
    const policy = createCookiePolicy('http://127.0.0.1:5556');
    expect([policy.hostName('a'), policy.pathName('a'), policy.options.secure]).toEqual(['a', 'a', false]);
  });
});
