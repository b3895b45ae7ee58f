import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isOwnPath } from '../../src/identity/interaction/own-pages.ts';
import { anyText } from '../support/any-text.ts';

const issuer = 'https://login.example/idp';

/** What addresses elsewhere are made of, and what browsers drop or turn into something else on the way. */
const parts = [
  ...['/', '//', '\\', '/\\', '/./', '/../', '..', '/%2E.', '%2f', '%5c', '%09', '@', ':', '?', '#', ' '],
  ...[
    '\t',
    '\n',
    '\r',
    '\0',
    '\u3002',
    '\uff0f',
    '\u2044',
    'evil.example',
    'https:',
    'javascript:',
    'idp',
    'a',
  ],
];
const address = fc.oneof(
  fc.array(fc.constantFrom(...parts), { maxLength: 8 }).map((picked) => picked.join('')),
  fc.array(fc.constantFrom(...parts), { maxLength: 8 }).map((picked) => `/${picked.join('')}`),
  fc.webUrl(),
  anyText(),
);

it('S-103: a way back is one of ours wherever a browser resolves it, or is not taken', () => {
  let taken = 0;
  fc.assert(
    fc.property(address, (to) => {
      if (!isOwnPath(to)) return;
      taken += 1;
      const { origin } = new URL(issuer);
      for (const base of [issuer, `${issuer}/interaction/x/continue`, `${origin}/`]) {
        expect(new URL(to, base).origin, to).toBe(origin);
        const below = new URL(`/idp${to}`, base);
        expect([below.origin, below.pathname.startsWith('/idp/')], to).toEqual([origin, true]);
      }
      expect(to).not.toMatch(/[\r\n]/);
    }),
    { numRuns: 5000 },
  );
  expect(taken).toBeGreaterThan(100);
});

it.each(['/..', '/a/../../b', '/%2e%2E/b', '/.%2e?x', '/./'])('%s is not taken', (to) =>
  expect(isOwnPath(to)).toBe(false),
);

it.each(['/', '/account', '/account?ui_locales=de', '/pages/one?x=1&y=%2F#z', '/a?b=/../c', '/...'])(
  '%s is taken',
  (to) => expect(isOwnPath(to)).toBe(true),
);
