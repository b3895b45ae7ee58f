import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSubjects } from '../../../src/identity/claims/subjects.ts';

const dex = createSubjects('dex');

describe('the subject as Dex writes it', () => {
  // Seen in Dex's tokens for its local connector (dexidp/dex #1719).
  it.each([
    ['08a8684b-db88-4b73-90a9-3cd1661f5466', 'CiQwOGE4Njg0Yi1kYjg4LTRiNzMtOTBhOS0zY2QxNjYxZjU0NjYSBWxvY2Fs'],
    ['', 'EgVsb2NhbA'],
  ])('of %s is %s', (id, subject) => {
    expect(dex.subjectOf(id)).toBe(subject);
    expect(dex.accountOf(subject)).toBe(id === '' ? undefined : id);
  });

  it('leads back to the account, for every id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 400 }), (id) => {
        expect(dex.accountOf(dex.subjectOf(id))).toBe(id);
      }),
    );
  });

  it('is the only spelling that does', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.base64String(),
          fc.uint8Array().map((b) => Buffer.from(b).toString('base64url')),
        ),
        (text) => {
          const id = dex.accountOf(text);
          expect(id === undefined || dex.subjectOf(id) === text).toBe(true);
        },
      ),
    );
    const subject = dex.subjectOf('jane');
    for (const other of [`${subject}=`, `${subject}\n`, subject.toLowerCase(), 'jane', '']) {
      expect(dex.accountOf(other)).toBeUndefined();
    }
    // Another connector's user of the same id is another account.
    const ofMock = Buffer.from('\n\u0004jane\u0012\u0004mock').toString('base64url');
    expect(dex.accountOf(ofMock)).toBe(ofMock);
  });
});

describe('the plain subject', () => {
  it('is the account', () => {
    const plain = createSubjects('plain');
    expect([plain.subjectOf('jane'), plain.accountOf('jane')]).toEqual(['jane', 'jane']);
  });
});
