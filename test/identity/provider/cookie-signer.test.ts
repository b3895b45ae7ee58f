import { describe, expect, it } from 'vitest';
import { createCookieSigner } from '../../../src/identity/provider/cookie-signer.ts';

describe('S-088: cookies are signed', () => {
  const before = createCookieSigner(['old']);
  const after = createCookieSigner(['new', 'old']);

  it('by the first secret, and verified by all', () => {
    expect(after.verify('a=1', before.sign('a=1'))).toBe(true);
    expect(after.verify('a=1', after.sign('a=1'))).toBe(true);
    expect(before.verify('a=1', after.sign('a=1'))).toBe(false);
    expect(after.sign('a=1')).not.toBe(before.sign('a=1'));
  });

  it.each(['', 'x', before.sign('a=2'), before.sign('a=1').slice(1), `${before.sign('a=1')}AAAA`])(
    'and refused with the signature "%s"',
    (signature) => {
      expect(after.verify('a=1', signature)).toBe(false);
      expect(after.index('a=1', signature)).toBe(-1);
    },
  );

  it('a good signature looks like the first one, so that no second cookie is set for it', () => {
    expect(after.index('a=1', before.sign('a=1'))).toBe(0);
  });
});
