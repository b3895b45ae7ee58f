import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  bitString,
  explicit,
  implicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  utf8String,
} from '../../../src/certificates/der.ts';

export interface MadeRequest {
  /** PEM. */
  readonly request: string;
  /** PEM, PKCS #8. */
  readonly privateKey: string;
}

export interface RequestOptions {
  readonly commonName?: string;
  readonly organizations?: readonly string[];
  /** By the tag of their kind: 1 email, 2 DNS, 6 URI, 7 IP address. */
  readonly alternativeNames?: readonly (readonly [number, string | Buffer])[];
  readonly keys?: 'ec' | 'rsa' | 'ed25519';
  /** Whose signature it has instead of its own. */
  readonly signedBy?: KeyObject;
}

const algorithms = {
  ec: { oid: '1.2.840.10045.4.3.2', hash: 'sha256' },
  rsa: { oid: '1.2.840.113549.1.1.11', hash: 'sha256' },
  ed25519: { oid: '1.3.101.112', hash: null },
} as const;

/** What `openssl req -new` makes: a PKCS #10 request (RFC 2986), and its key. */
export function makeCertificateRequest({
  commonName = 'jane',
  organizations = [],
  alternativeNames = [],
  keys = 'ec',
  signedBy,
}: RequestOptions = {}): MadeRequest {
  const { publicKey, privateKey } = generate(keys);
  const attribute = (oid: string, text: string) => set(sequence(objectIdentifier(oid), utf8String(text)));
  const subject = sequence(
    ...organizations.map((each) => attribute('2.5.4.10', each)),
    attribute('2.5.4.3', commonName),
  );
  const names = sequence(
    ...alternativeNames.map(([tag, name]) => implicit(tag, Buffer.from(name as string))),
  );
  const extensions = sequence(sequence(objectIdentifier('2.5.29.17'), octetString(names)));
  const asked = sequence(objectIdentifier('1.2.840.113549.1.9.14'), set(extensions));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const attributes = explicit(0, ...(alternativeNames.length > 0 ? [asked] : []));
  const info = sequence(integer(Buffer.of(0)), subject, spki, attributes);
  const { oid, hash } = algorithms[keys];
  const signature = sign(hash, info, signedBy ?? privateKey);
  const whole = sequence(info, sequence(objectIdentifier(oid)), bitString(signature));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    request: `-----BEGIN CERTIFICATE REQUEST-----\n${lines.join('\n')}\n-----END CERTIFICATE REQUEST-----\n`,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

function generate(keys: 'ec' | 'rsa' | 'ed25519'): { publicKey: KeyObject; privateKey: KeyObject } {
  if (keys === 'rsa') return generateKeyPairSync('rsa', { modulusLength: 2048 });
  return keys === 'ec' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
}
