import { createPrivateKey, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createCertificateAuthority,
  readCertificateRequest,
  signCertificateRequest,
} from '../../src/certificates/index.ts';
import { makeCertificateRequest } from './support/make-certificate-request.ts';

const pem = (bytes: Uint8Array) =>
  `-----BEGIN CERTIFICATE REQUEST-----\n${Buffer.from(bytes).toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
const bytesOf = (text: string) => Buffer.from(text.replace(/-----[^-]+-----/g, ''), 'base64');

describe('a certificate request', () => {
  it.each(['ec', 'rsa', 'ed25519'] as const)('with a key of kind %s is read', (keys) => {
    const alternativeNames = [
      [2, 'a.example'],
      [2, 'b.example'],
      [7, Buffer.of(127, 0, 0, 1)],
      [1, 'j@example.com'],
      [6, 'spiffe://x'],
    ] as const;
    const { request } = makeCertificateRequest({ organizations: ['dev', 'ops'], alternativeNames, keys });
    expect(readCertificateRequest(request)).toMatchObject({
      commonName: 'jane',
      organizations: ['dev', 'ops'],
      dnsNames: ['a.example', 'b.example'],
      addresses: 1,
      emails: 1,
      uris: 1,
    });
    expect(readCertificateRequest(makeCertificateRequest({ keys }).request).alternativeNames).toBeUndefined();
  });

  it('must be of whoever has the key', () => {
    const other = createPrivateKey(makeCertificateRequest().privateKey);
    const { request } = makeCertificateRequest({ signedBy: other });
    expect(() => readCertificateRequest(request)).toThrow('its signature is not of the key that it is about');
    expect(() =>
      readCertificateRequest('-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----'),
    ).toThrow('PEM block type must be CERTIFICATE REQUEST');
  });

  it('of any bytes is read or refused, and none with another byte is taken', () => {
    const whole = bytesOf(makeCertificateRequest({ organizations: ['dev'] }).request);
    const read = (bytes: Uint8Array) => {
      try {
        return readCertificateRequest(pem(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
        return undefined;
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => read(bytes) === undefined));
    // The last bytes are the signature's, of which one key gives many.
    const inside = fc.integer({ min: 0, max: whole.length - 80 });
    fc.assert(
      fc.property(inside, fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ change;
        return read(changed) === undefined;
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (end) => !read(whole.subarray(0, end))),
    );
  });
});

describe('a certificate for a request', () => {
  it('is about its key and its names, for what was allowed, no longer than the authority', async () => {
    const ca = await createCertificateAuthority(new Date('2026-01-01T00:00:00Z'), 'Test CA');
    const made = makeCertificateRequest({
      organizations: ['dev'],
      alternativeNames: [
        [2, 'a.example'],
        [7, Buffer.of(10, 0, 0, 1)],
      ],
      keys: 'rsa',
    });
    const asked = readCertificateRequest(made.request);
    const notBefore = new Date('2026-11-25T00:00:00Z');
    const usages = { keyUsage: 0xa0, purposes: ['serverAuth', 'clientAuth'] as const };
    const sign = (notAfter: string) =>
      new X509Certificate(
        signCertificateRequest(ca, asked, usages, { notBefore, notAfter: new Date(notAfter) }),
      );
    const certificate = sign('2026-11-26T00:00:00Z');
    const authority = new X509Certificate(ca.certificate);
    expect(certificate.verify(authority.publicKey) && certificate.checkIssued(authority)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(made.privateKey))).toBe(true);
    expect([certificate.subject, certificate.ca, certificate.keyUsage]).toEqual([
      'O=dev\nCN=jane',
      false,
      ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'],
    ]);
    expect(certificate.subjectAltName).toBe('DNS:a.example, IP Address:10.0.0.1');
    expect([certificate.validFromDate, certificate.validToDate]).toEqual([
      notBefore,
      new Date('2026-11-26T00:00:00Z'),
    ]);
    expect(sign('2099-01-01T00:00:00Z').validToDate).toEqual(authority.validToDate);
  });
});
