import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type TLSSocket } from 'node:tls';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressBytes } from '../../src/certificates/address-bytes.ts';
import {
  integer,
  objectIdentifier,
  octetString,
  partsOf,
  sequence,
  time,
} from '../../src/certificates/der.ts';
import { createCertificateAuthority, signServingCertificate } from '../../src/certificates/index.ts';

const now = new Date('2026-11-25T12:00:00Z');

describe('certificates', () => {
  it('are what a TLS client takes, for their names and no others', async () => {
    const ca = await createCertificateAuthority(new Date());
    const names = [
      '127.0.0.1',
      '::1',
      'localhost',
      ...Array.from({ length: 40 }, (_, at) => `n${at}.example.com`),
    ];
    const serving = await signServingCertificate(ca, names, new Date());
    const server = createServer({ cert: serving.certificate, key: serving.privateKey }, (socket) =>
      socket.end(),
    );
    server.on('tlsClientError', () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const outcomeFor = async (servername: string) => {
      const socket: TLSSocket = connect({ port, host: '127.0.0.1', ca: ca.certificate, servername });
      const outcome = await once(socket, 'secureConnect').then(
        () => 'taken',
        (error: { code: string }) => error.code,
      );
      socket.destroy();
      return outcome;
    };
    expect(await Promise.all(['localhost', 'n39.example.com', 'evil.example'].map(outcomeFor))).toEqual([
      'taken',
      'taken',
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ]);
    server.close();
  });

  it('say what they are for, until when, and of whom they are', async () => {
    const ca = await createCertificateAuthority(now);
    const authority = new X509Certificate(ca.certificate);
    const serving = new X509Certificate((await signServingCertificate(ca, ['::1'], now)).certificate);
    expect([authority.ca, serving.ca]).toEqual([true, false]);
    expect(authority.checkPrivateKey(createPrivateKey(ca.privateKey))).toBe(true);
    expect(serving.checkIssued(authority) && serving.verify(authority.publicKey)).toBe(true);
    expect(serving.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(serving.checkIP('::1')).toBe('::1');
    expect([serving.validFromDate, serving.validToDate]).toEqual([
      new Date('2026-11-24T12:00:00Z'),
      new Date('2027-11-25T12:00:00Z'),
    ]);
    const later = await createCertificateAuthority(new Date('2060-02-03T04:05:06Z'));
    expect(new X509Certificate(later.certificate).validFromDate).toEqual(new Date('2060-02-02T04:05:06Z'));
  });

  it('are signed by an authority that another program has made', async () => {
    await import('reflect-metadata');
    const x509 = await import('@peculiar/x509');
    const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ]);
    const made = await x509.X509CertificateGenerator.createSelfSigned({
      name: 'CN=Somebody, O="Else, Ltd."',
      keys,
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
    const ca = {
      certificate: made.toString('pem'),
      privateKey: `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`,
    };
    const serving = new X509Certificate((await signServingCertificate(ca, ['localhost'], now)).certificate);
    expect(serving.checkIssued(new X509Certificate(ca.certificate))).toBe(true);
    expect(serving.verify(new X509Certificate(ca.certificate).publicKey)).toBe(true);
  });
});

describe('DER', () => {
  it('of any length is taken apart into what it was made of', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 4 }), (values) => {
        const parts = values.map((value) => octetString(value));
        expect(partsOf(sequence(...parts))).toEqual(parts);
        expect(partsOf(sequence(sequence(...parts)))).toEqual([sequence(...parts)]);
      }),
      { numRuns: 50 },
    );
    const long = octetString(Buffer.alloc(70_000));
    expect(partsOf(sequence(long))).toEqual([long]);
  });

  it.each([
    [objectIdentifier('1.2.840.10045.4.3.2'), '06082a8648ce3d040302'],
    [integer(Buffer.from([0x80])), '02020080'],
    [integer(Buffer.from([0x7f])), '02017f'],
    [time(new Date('2026-11-25T12:00:00Z')), `170d${Buffer.from('261125120000Z').toString('hex')}`],
    [time(new Date('2050-01-01T00:00:00Z')), `180f${Buffer.from('20500101000000Z').toString('hex')}`],
  ])('is written as the standard has it: %#', (written, hex) => {
    expect(written.toString('hex')).toBe(hex);
  });

  it.each([
    ['127.0.0.1', '7f000001'],
    ['::1', '00000000000000000000000000000001'],
    ['2001:DB8::a:0:1', '20010db8000000000000000a00000001'],
    ['::ffff:10.0.0.1', '00000000000000000000ffff0a000001'],
    ['example.com', undefined],
  ])('has addresses as bytes: %s', (text, hex) => {
    expect(addressBytes(text)?.toString('hex')).toBe(hex);
  });
});
