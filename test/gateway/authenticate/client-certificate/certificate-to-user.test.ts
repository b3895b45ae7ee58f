import { hash, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { certificateToUser } from '../../../../src/gateway/authenticate/client-certificate/certificate-to-user.ts';
import { readSubject } from '../../../../src/gateway/authenticate/client-certificate/subject-names.ts';
import { issue, type Subject } from '../../support/client-certificates.ts';

const UID = '1.3.6.1.4.1.57683.2';

async function certificate(subject: Subject): Promise<X509Certificate> {
  return new X509Certificate((await issue(subject)).cert);
}

async function userOf(...subject: Subject) {
  return certificateToUser(await certificate(subject));
}

describe('certificateToUser', () => {
  it('takes the common name, every organisation in order, and the digest as credential id', async () => {
    const jane = await certificate([
      ['O', 'dev'],
      ['C', 'DE'],
      ['CN', 'jane'],
      ['O', 'ops'],
      ['OU', 'nobody asks'],
    ]);
    expect(certificateToUser(jane)).toEqual({
      username: 'jane',
      groups: ['dev', 'ops', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${hash('sha256', jane.raw)}`] },
    });
  });

  it('takes Kubernetes’ own attribute as the UID', async () => {
    expect(await userOf(['CN', 'jane'], [UID, 'u-1'])).toMatchObject({ username: 'jane', uid: 'u-1' });
    expect(await userOf(['CN', 'jane'], [UID, 'u-1'], [UID, 'u-2'])).toBe(
      'the subject has more than one UID',
    );
  });

  it('takes system: names, which the operator’s own authority has signed', async () => {
    expect(await userOf(['O', 'system:masters'], ['CN', 'system:admin'])).toMatchObject({
      username: 'system:admin',
      groups: ['system:masters', 'system:authenticated'],
    });
    expect(await userOf(['O', 'system:unauthenticated'], ['CN', 'x'])).toMatchObject({
      groups: ['system:unauthenticated'],
    });
    expect(await userOf(['CN', 'system:anonymous'])).toMatchObject({ groups: [] });
  });

  it('has the last of several common names, as Go has', async () => {
    expect(await userOf(['CN', 'a'], ['CN', 'b'])).toMatchObject({ username: 'b' });
  });

  it('names nobody without a common name', async () => {
    expect(await userOf(['O', 'dev'])).toBeUndefined();
  });

  it('refuses a name of a string type that it does not read', async () => {
    const raw = Buffer.from((await certificate([['CN', 'jane-of-the-test']])).raw);
    const name = raw.lastIndexOf('jane-of-the-test');
    // UniversalString.
    raw[name - 2] = 0x1c;
    expect(certificateToUser({ raw })).toBe('the subject has a name of a string type that is not read');
    raw[name - 2] = 0x0c;
    raw[name] = 0xff;
    expect(certificateToUser({ raw })).toBe('the subject has a name of a string type that is not read');
  });
});

describe('readSubject', () => {
  it('reads what Node.js reads', async () => {
    const text = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
      // The library that makes the certificates takes a leading # for hex, and fails at quotation marks around nothing.
      .filter((value) => /^\s*[^\s#]/.test(value) && !value.includes('""'));
    const property = fc.asyncProperty(text, fc.array(text, { maxLength: 3 }), async (name, groups) => {
      const subject: Subject = [...groups.map((group) => ['O', group] as const), ['CN', name]];
      const made = await certificate(subject);
      const read = readSubject(made.raw);
      const named = (type: string) =>
        read.filter((attribute) => attribute.type === type).map(({ text: t }) => t);
      const { CN, O = [] } = made.toLegacyObject().subject as unknown as Record<string, string | string[]>;
      expect(named('2.5.4.3')).toEqual([CN].flat());
      expect(named('2.5.4.10')).toEqual([O].flat());
    });
    await fc.assert(property, { numRuns: 50 });
  });

  it('throws a RangeError for a certificate that is cut short, wherever', async () => {
    const { raw } = await certificate([['CN', 'jane']]);
    for (let length = 0; length < raw.length; length += 1) {
      expect(() => readSubject(raw.subarray(0, length))).toThrow(RangeError);
    }
  });
});
