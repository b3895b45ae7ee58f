import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSealer, SealedValueError, sealingKeyId } from '../../src/store/index.ts';
import { anyText } from '../support/any-text.ts';

const [first, second] = [randomBytes(32), randomBytes(32)];
const sealer = createSealer({ current: first, previous: [] });

describe('a sealer', () => {
  it('gives back what was sealed, at its place only', () => {
    fc.assert(
      fc.property(anyText(), fc.string(), (text, place) => {
        const sealed = sealer.seal(place, text);
        expect(sealer.open(place, sealed)).toEqual({ text, current: true });
        expect(() => sealer.open(`${place}x`, sealed)).toThrow(SealedValueError);
      }),
      { numRuns: 50 },
    );
  });

  it('shows nothing of the text, nor that it is the same one', () => {
    const [one, other] = [sealer.seal('a', 'the secret'), sealer.seal('a', 'the secret')];
    expect(one).not.toBe(other);
    expect(one).not.toContain('secret');
    expect(one).not.toContain(Buffer.from('the secret').toString('base64url'));
  });

  it('refuses what was changed in any place', () => {
    const sealed = sealer.seal('a', 'the secret');
    const start = sealed.lastIndexOf('.') + 1;
    fc.assert(
      fc.property(fc.integer({ min: start, max: sealed.length - 2 }), (at) => {
        const other = sealed[at] === 'A' ? 'B' : 'A';
        expect(() => sealer.open('a', sealed.slice(0, at) + other + sealed.slice(at + 1))).toThrow('damaged');
      }),
    );
    for (const length of [start, start + 8, sealed.length - 4])
      expect(() => sealer.open('a', sealed.slice(0, length))).toThrow(SealedValueError);
  });

  it('opens what a previous key has sealed, and what is in clear, and says that it is not current', () => {
    const turned = createSealer({ current: second, previous: [first] });
    expect(turned.open('a', sealer.seal('a', 'x'))).toEqual({ text: 'x', current: false });
    expect(turned.open('a', '{"in":"clear"}')).toEqual({ text: '{"in":"clear"}', current: false });
    expect(createSealer(undefined).open('a', '[]')).toEqual({ text: '[]', current: true });
  });

  it('names the key that is missing, and those that there are', () => {
    const sealed = sealer.seal('identity/keys/signing', 'x');
    const other = createSealer({ current: second, previous: [] });
    expect(() => other.open('identity/keys/signing', sealed)).toThrow(
      `identity/keys/signing in the store is encrypted with the key ${sealingKeyId(first)}, and storage.encryption has the keys ${sealingKeyId(second)}`,
    );
    expect(() => createSealer(undefined).open('a', sealed)).toThrow('storage.encryption is not configured');
  });
});
