import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import {
  bitsOf,
  dottedOf,
  integerOf,
  SEQUENCE,
  SET,
  sequencesOf,
  type Tlv,
  tlvOf,
  tlvsIn,
} from './read-der.ts';

/** What a certificate is asked for. */
export interface CertificateRequest {
  /** Name, DER, as it was sent. */
  readonly subject: Buffer;
  /** The last one; '' when there is none. */
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
  /** GeneralNames, DER; undefined when none are asked for. */
  readonly alternativeNames: Buffer | undefined;
  readonly dnsNames: readonly string[];
  /** How many there are of each other kind. */
  readonly addresses: number;
  readonly emails: number;
  readonly uris: number;
}

/** Their tag in a request: [0]. */
const ATTRIBUTES = 0xa0;
const COMMON_NAME = '2.5.4.3';
const ORGANIZATION = '2.5.4.10';
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';
const SUBJECT_ALT_NAME = '2.5.29.17';

/**
 * Reads a PKCS #10 request (RFC 2986) and verifies that whoever made it has the key.
 * @param pem of type CERTIFICATE REQUEST
 * @throws Error that says what is wrong with it
 */
export function readCertificateRequest(pem: string): CertificateRequest {
  const content = contentOf(pem);
  const [info, algorithm, signature] = sequencesOf(tlvOf(Buffer.from(content, 'base64')), 3);
  const [version, subject, publicKey, attributes] = tlvsIn(info, SEQUENCE);
  if (version === undefined || subject === undefined || publicKey === undefined || integerOf(version) !== 0) {
    throw new Error('it is no certificate request of version 1');
  }
  confirmSigned(info, publicKey, algorithm, signature);
  const names = namesOf(subject);
  const alternatives = alternativeNamesOf(attributes);
  const general = alternatives === undefined ? [] : tlvsIn(alternatives, SEQUENCE);
  const count = (tag: number) => general.filter((each) => each.tag === tag).length;
  return {
    subject: subject.whole,
    commonName: names.findLast(([type]) => type === COMMON_NAME)?.[1] ?? '',
    organizations: names.filter(([type]) => type === ORGANIZATION).map(([, value]) => value),
    publicKey: publicKey.whole,
    alternativeNames: alternatives?.whole,
    dnsNames: general.filter(({ tag }) => tag === 0x82).map(({ value }) => value.toString('latin1')),
    addresses: count(0x87),
    emails: count(0x81),
    uris: count(0x86),
  };
}

const LABELS = ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'];

/** The first block's bytes in base64. Source: RFC 7468. */
function contentOf(pem: string): string {
  for (const label of LABELS) {
    const [, content] = pem.split(`-----BEGIN ${label}-----`, 2);
    const end = content?.indexOf(`-----END ${label}-----`) ?? -1;
    if (content !== undefined && end >= 0) return content.slice(0, end);
  }
  throw new Error('PEM block type must be CERTIFICATE REQUEST');
}

/** By the OID of the algorithm; those with SHA-1 are not taken. Source: RFC 4055, RFC 5758, RFC 8410. */
const hashes: Readonly<Record<string, string | null>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.3.101.112': null,
};

function confirmSigned(info: Tlv, publicKey: Tlv, algorithm: Tlv, signature: Tlv): void {
  const [oid] = tlvsIn(algorithm, SEQUENCE);
  const hash = oid === undefined ? undefined : hashes[dottedOf(oid)];
  if (hash === undefined) throw new Error('its signature algorithm is not supported');
  if (!verify(hash, info.whole, keyOf(publicKey), bitsOf(signature))) {
    throw new Error('its signature is not of the key that it is about');
  }
}

function keyOf({ whole }: Tlv): KeyObject {
  try {
    return createPublicKey({ key: whole, format: 'der', type: 'spki' });
  } catch {
    throw new Error('its public key cannot be read');
  }
}

/** Type and value of each attribute of a Name, in order. Source: RFC 5280 §4.1.2.4. */
function namesOf(name: Tlv): readonly (readonly [string, string])[] {
  return tlvsIn(name, SEQUENCE).flatMap((set) =>
    tlvsIn(set, SET).map((pair) => {
      const [type, value] = sequencesOf(pair, 2);
      return [dottedOf(type), textOf(value)] as const;
    }),
  );
}

/** UTF8String, PrintableString, IA5String. Others could be read in two ways. */
function textOf({ tag, value }: Tlv): string {
  if (![0x0c, 0x13, 0x16].includes(tag)) throw new Error('its subject has a text of an unusual kind');
  const text = value.toString('utf8');
  if (!Buffer.from(text).equals(value) || text.includes('\0'))
    throw new Error('its subject has no proper text');
  return text;
}

/** Source: RFC 2985 §5.4.2. */
function alternativeNamesOf(attributes: Tlv | undefined): Tlv | undefined {
  if (attributes === undefined) return undefined;
  for (const attribute of tlvsIn(attributes, ATTRIBUTES)) {
    const [type, values] = sequencesOf(attribute, 2);
    if (dottedOf(type) !== EXTENSION_REQUEST) continue;
    for (const extension of tlvsIn(values, SET).flatMap((each) => tlvsIn(each, SEQUENCE))) {
      const parts = tlvsIn(extension, SEQUENCE);
      const [name] = parts;
      const content = parts.at(-1);
      if (name === undefined || content === undefined || dottedOf(name) !== SUBJECT_ALT_NAME) continue;
      return tlvOf(content.value);
    }
  }
  return undefined;
}
