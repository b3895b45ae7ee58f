import { webcrypto } from 'node:crypto';
import type { X509Certificate } from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY = 86_400_000;

/** Extended key usages. */
export const usage = {
  server: '1.3.6.1.5.5.7.3.1',
  client: '1.3.6.1.5.5.7.3.2',
  any: '2.5.29.37.0',
} as const;

/** A subject, attribute by attribute: `[['O', 'dev'], ['CN', 'jane']]`. */
export type Subject = readonly (readonly [type: string, value: string])[];

export interface Issued {
  /** PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  /** What issues in its name. */
  readonly issuer: { readonly certificate: X509Certificate; readonly privateKey: webcrypto.CryptoKey };
}

export interface IssueOptions {
  /** undefined: signed by itself. */
  readonly by?: Issued | undefined;
  readonly authority?: boolean;
  /** Extended key usages as OIDs; none leaves the extension out. */
  readonly usages?: readonly string[];
  /** Names of a server. */
  readonly dnsNames?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

/** Makes a certificate with its key; a client's unless it is said otherwise. */
export async function issue(subject: Subject, options: IssueOptions = {}): Promise<Issued> {
  const {
    by,
    authority = false,
    usages = authority ? [] : [usage.client],
    dnsNames = [],
    notBefore = new Date(Date.now() - DAY),
    notAfter = new Date(Date.now() + DAY),
  } = options;
  const x509 = await loadX509();
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const name = new x509.Name(subject.map(([type, value]) => ({ [type]: [value] })));
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8)).fill(1, 0, 1)).toString('hex'),
    subject: name.toString(),
    issuer: by?.issuer.certificate.subject ?? name.toString(),
    notBefore,
    notAfter,
    publicKey: keys.publicKey,
    signingKey: by?.issuer.privateKey ?? keys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(authority, undefined, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(by?.issuer.certificate.publicKey ?? keys.publicKey),
      ...(authority ? [new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true)] : []),
      ...(dnsNames.length === 0
        ? []
        : [new x509.SubjectAlternativeNameExtension(dnsNames.map((value) => ({ type: 'dns', value })))]),
      ...(usages.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension([...usages])]),
    ],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return {
    cert: `${certificate.toString('pem')}\n`,
    key: `-----BEGIN PRIVATE KEY-----\n${pkcs8.toString('base64')}\n-----END PRIVATE KEY-----\n`,
    issuer: { certificate, privateKey: keys.privateKey },
  };
}

export function issueAuthority(name: string, by?: Issued): Promise<Issued> {
  return issue([['CN', name]], { authority: true, by });
}

async function loadX509() {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);
  return x509;
}
