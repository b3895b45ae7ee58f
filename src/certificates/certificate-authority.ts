import { createPrivateKey, generateKeyPair, hash, randomBytes, sign, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import { addressBytes } from './address-bytes.ts';
import type { CertificateRequest } from './certificate-request.ts';
import {
  bitString,
  explicit,
  implicit,
  integer,
  objectIdentifier,
  octetString,
  partsOf,
  sequence,
  set,
  time,
  utf8String,
  yes,
} from './der.ts';

/** A certificate with its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly privateKey: string;
}

const DAY_MS = 86_400_000;
const CA_DAYS = 3650;
/** Below the 398 days that some clients accept at most. */
const SERVING_DAYS = 365;

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const COMMON_NAME = '2.5.4.3';
const PURPOSE = { serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2' } as const;
/** Source: RFC 5280 §4.2.1. */
const EXTENSION = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extKeyUsage: '2.5.29.37',
} as const;

/** Makes a self-signed CA. @param commonName who is shown as the issuer of what it signs */
export async function createCertificateAuthority(
  now: Date,
  commonName = 'Sallyport gateway CA',
): Promise<KeyPair> {
  const keys = await generateKeys();
  const name = nameOf(commonName);
  return {
    certificate: signCertificate(keys.privateKey, {
      subject: name,
      issuer: name,
      publicKey: keys.publicKey,
      ...days(now, CA_DAYS),
      extensions: [
        extension('basicConstraints', sequence(yes(), integer(Buffer.from([0]))), 'critical'),
        // keyCertSign and cRLSign, the sixth and the seventh bit.
        extension('keyUsage', bitString(Buffer.from([0b0000_0110]), 1), 'critical'),
        extension('subjectKeyIdentifier', octetString(keyIdentifier(keys.publicKey))),
      ],
    }),
    privateKey: keys.privateKey,
  };
}

/**
 * Signs a serving certificate.
 * @param names DNS names and IP addresses that clients will use
 * @param commonName of its subject; nobody looks for a name there
 */
export async function signServingCertificate(
  ca: KeyPair,
  names: readonly string[],
  now: Date,
  commonName = 'sallyport-gateway',
): Promise<KeyPair> {
  const keys = await generateKeys();
  const issuer = new X509Certificate(ca.certificate);
  return {
    certificate: signCertificate(ca.privateKey, {
      subject: nameOf(commonName),
      issuer: subjectOf(issuer),
      publicKey: keys.publicKey,
      ...days(now, SERVING_DAYS),
      extensions: [
        extension('basicConstraints', sequence(), 'critical'),
        // digitalSignature, the first bit.
        extension('keyUsage', bitString(Buffer.from([0b1000_0000]), 7), 'critical'),
        extension('extKeyUsage', sequence(objectIdentifier(PURPOSE.serverAuth))),
        extension('subjectAltName', sequence(...names.map(generalName))),
        extension('authorityKeyIdentifier', sequence(implicit(0, keyIdentifier(publicKeyOf(issuer))))),
      ],
    }),
    privateKey: keys.privateKey,
  };
}

/** What a certificate may be used for; source: RFC 5280 §4.2.1.3, §4.2.1.12. */
export interface Usages {
  /** Bits of KeyUsage, the first one highest: digitalSignature 0x80, keyEncipherment 0x20. */
  readonly keyUsage: number;
  readonly purposes: readonly ('serverAuth' | 'clientAuth')[];
}

/**
 * Signs what somebody else asks for, with their own key: subject and alternative names as they are in the request. Whoever calls
 * has decided that all of it is right.
 * @param notAfter as long as the authority lasts at most
 * @returns PEM
 */
export function signCertificateRequest(
  ca: KeyPair,
  request: Pick<CertificateRequest, 'subject' | 'publicKey' | 'alternativeNames'>,
  usages: Usages,
  { notBefore, notAfter }: { readonly notBefore: Date; readonly notAfter: Date },
): string {
  const issuer = new X509Certificate(ca.certificate);
  const { subject, publicKey, alternativeNames } = request;
  return signCertificate(ca.privateKey, {
    subject,
    issuer: subjectOf(issuer),
    publicKey,
    notBefore,
    notAfter: new Date(Math.min(notAfter.getTime(), issuer.validToDate.getTime())),
    extensions: [
      ...(usages.keyUsage === 0 ? [] : [keyUsage(usages.keyUsage)]),
      extension('extKeyUsage', sequence(...usages.purposes.map((each) => objectIdentifier(PURPOSE[each])))),
      extension('basicConstraints', sequence(), 'critical'),
      extension('authorityKeyIdentifier', sequence(implicit(0, keyIdentifier(publicKeyOf(issuer))))),
      ...(alternativeNames === undefined ? [] : [extension('subjectAltName', alternativeNames)]),
    ],
  });
}

function keyUsage(bits: number): Buffer {
  // DER leaves trailing zeros of a list of bits out.
  const unused = 31 - Math.clz32(bits & -bits);
  return extension('keyUsage', bitString(Buffer.from([bits]), unused), 'critical');
}

interface Unsigned {
  readonly subject: Buffer;
  readonly issuer: Buffer;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly Buffer[];
}

/** So many days from now on; clients' clocks may be late. */
function days(now: Date, count: number): Pick<Unsigned, 'notBefore' | 'notAfter'> {
  const time = now.getTime();
  return { notBefore: new Date(time - DAY_MS), notAfter: new Date(time + count * DAY_MS) };
}

/** Source: RFC 5280 §4.1. @param privateKey the issuer's, PEM */
function signCertificate(privateKey: string, unsigned: Unsigned): string {
  const { subject, issuer, publicKey, notBefore, notAfter, extensions } = unsigned;
  const algorithm = sequence(objectIdentifier(ECDSA_WITH_SHA256));
  const validity = sequence(time(notBefore), time(notAfter));
  const version3 = explicit(0, integer(Buffer.from([2])));
  const toBeSigned = sequence(
    version3,
    integer(serialNumber()),
    algorithm,
    issuer,
    validity,
    subject,
    publicKey,
    explicit(3, sequence(...extensions)),
  );
  const signature = sign('sha256', toBeSigned, createPrivateKey(privateKey));
  return pemOf('CERTIFICATE', sequence(toBeSigned, algorithm, bitString(signature)));
}

function extension(name: keyof typeof EXTENSION, value: Buffer, critical?: 'critical'): Buffer {
  return sequence(
    objectIdentifier(EXTENSION[name]),
    ...(critical === undefined ? [] : [yes()]),
    octetString(value),
  );
}

function nameOf(commonName: string): Buffer {
  return sequence(set(sequence(objectIdentifier(COMMON_NAME), utf8String(commonName))));
}

/** As it stands in the certificate: an issuer's name is compared byte by byte. */
function subjectOf({ raw }: X509Certificate): Buffer {
  const [toBeSigned = Buffer.of()] = partsOf(raw);
  const [_version, _serial, _algorithm, _issuer, _validity, subject = Buffer.of()] = partsOf(toBeSigned);
  return subject;
}

function publicKeyOf({ publicKey }: X509Certificate): Buffer {
  return publicKey.export({ type: 'spki', format: 'der' });
}

/** dNSName or iPAddress of RFC 5280 §4.2.1.6. */
function generalName(name: string): Buffer {
  const address = addressBytes(name);
  return address === undefined ? implicit(2, Buffer.from(name, 'ascii')) : implicit(7, address);
}

/** SHA-1 of the key's bits; method 1 of RFC 5280 §4.2.1.2. */
function keyIdentifier(publicKey: Buffer): Buffer {
  const [_algorithm, bits = Buffer.of()] = partsOf(publicKey);
  // Tag, length and the number of unused bits come first: of a P-256 key, a byte each.
  return hash('sha1', bits.subarray(3), 'buffer');
}

/** 16 random bytes, positive and without a leading zero, as RFC 5280 §4.1.2.2 wants it. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x01;
  return bytes;
}

const makeKeyPair = promisify(generateKeyPair);

async function generateKeys(): Promise<{ readonly publicKey: Buffer; readonly privateKey: string }> {
  return makeKeyPair('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

function pemOf(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
