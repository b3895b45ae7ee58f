import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIdentityText } from '../../../src/gateway/access/identity-text.ts';
import { anyText } from '../../support/any-text.ts';

describe('an identity in headers', () => {
  it.each([
    ['jane', ['dev', 'ops'], 'jane', 'dev|ops'],
    ['jane@example.com', [], 'jane@example.com', ''],
    ['system:serviceaccount:default:web', ['a,b'], 'system:serviceaccount:default:web', 'a,b'],
    ['a|b', ['a|b', 'c'], 'a%7Cb', 'a%7Cb|c'],
    ['100%', ['%7C'], '100%25', '%257C'],
    ['Jürgen\r\nX-Admin: 1', ['a b', ''], 'J%C3%BCrgen%0D%0AX-Admin:%201', 'a%20b'],
  ])('%j in %j', (username, groups, user, line) => {
    expect(createIdentityText('|')({ username, groups })).toEqual({ user, groups: line });
  });

  it('is read back to exactly the same names, and is visible ASCII', () => {
    const name = anyText({ minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(
        fc.constantFrom('|', ',', ';', ' '),
        name,
        fc.array(name, { maxLength: 5 }),
        (separator, username, groups) => {
          const text = createIdentityText(separator)({ username, groups });
          expect(text.user).toMatch(/^[!-~]+$/);
          expect(text.groups).toMatch(/^[ -~]*$/);
          expect(decodeURIComponent(text.user)).toBe(username);
          expect(text.groups === '' ? [] : text.groups.split(separator).map(decodeURIComponent)).toEqual(
            groups,
          );
        },
      ),
    );
  });
});
