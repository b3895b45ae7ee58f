import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endpointOf } from '../../../src/identity/metrics/endpoint-of.ts';

describe('the endpoint that a request counts under', () => {
  it.each([
    ['/auth?client_id=web', 'authorization'],
    ['/auth/some-uid', 'authorization_resume'],
    ['/interaction/some-uid', 'interaction'],
    ['/interaction/some-uid/login', 'sign_in'],
    ['/interaction/some-uid/consent', 'consent'],
    ['/token', 'token'],
    ['/token/revoke', 'revocation'],
    ['/device', 'device'],
    ['/register', 'registration'],
    ['/register/registered-1', 'registration'],
    ['/device/code', 'device_authorization'],
    ['/.well-known/openid-configuration', 'discovery'],
    ['/static/style.css', 'static'],
    ['/healthz', 'probe'],
    ['/tokens', 'other'],
  ])('of %s is %s', (target, endpoint) => {
    expect(endpointOf(target, '')).toBe(endpoint);
  });

  it('is found below the issuer’s path, and only there', () => {
    expect(endpointOf('/dex/token', '/dex')).toBe('token');
    expect(endpointOf('/token', '/dex')).toBe('other');
    expect(endpointOf('/dexter/token', '/dex')).toBe('other');
    expect(endpointOf('/readyz', '/dex')).toBe('probe');
  });

  it('S-273 is a word of ours, whatever was asked for', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webPath()), (target) => {
        expect(endpointOf(target, '')).toMatch(/^[a-z_]{4,24}$/);
      }),
    );
  });
});
