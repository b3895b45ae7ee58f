import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeDevice } from '../../../src/identity/sessions/device.ts';
import { anyText } from '../../support/any-text.ts';

describe('what a User-Agent is called', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0', 'Firefox on Linux'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36',
      'Chrome on Windows',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36 Edg/139.0.0.0',
      'Edge on Windows',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
      'Safari on macOS',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
      'Safari on iPhone',
    ],
    [
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Mobile Safari/537.36',
      'Chrome on Android',
    ],
    ['Mozilla/5.0 (X11; CrOS x86_64 14541.0.0)', 'ChromeOS'],
    ['kubelogin/v1.34.0 (linux/amd64) kubernetes/abcdef', 'kubelogin on Linux'],
    ['kubectl-sallyport (darwin)', 'kubectl-sallyport on macOS'],
    ['kubectl-sallyport (win32)', 'kubectl-sallyport on Windows'],
    ['Go-http-client/1.1', 'Go-http-client'],
    ['node', 'node'],
    ['', ''],
    [undefined, ''],
    ['Mozilla/5.0', ''],
    ['<script>alert(1)</script>', ''],
    ['Your account is locked. Call 0900-12345', 'Your'],
  ])('%s', (userAgent, name) => {
    expect(describeDevice(userAgent)).toBe(name);
  });

  it('is short and holds nothing but names, whatever was sent', () => {
    fc.assert(
      fc.property(anyText({ maxLength: 600 }), (userAgent) => {
        expect(describeDevice(userAgent)).toMatch(/^[A-Za-z][\w.-]{0,39}(?: on \w+)?$|^$/);
      }),
    );
  });
});
