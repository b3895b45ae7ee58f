import { constants, X509Certificate } from 'node:crypto';
import type { SecureContextOptions, TlsOptions } from 'node:tls';

/** The authorities whose client certificates count. */
export interface ClientAuthorities {
  /** PEM, each certificate declared to be trusted for clients. */
  readonly ca: string;
  /** SHA-256 of each certificate. */
  readonly fingerprints: ReadonlySet<string>;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;
const BEGIN = /-----BEGIN CERTIFICATE-----/g;
/**
 * OpenSSL's trust settings, which follow a certificate's DER in a TRUSTED CERTIFICATE: SEQUENCE { SEQUENCE { clientAuth } }.
 * With them an intermediate authority is trusted without its root, as in Go; Node.js has an option for that, but not for
 * servers. Source: openssl-verification-options(1), "Trust Anchors"; the structure is OpenSSL's X509_CERT_AUX.
 */
const TRUSTED_FOR_CLIENTS = Buffer.from('300c300a06082b06010505070302', 'hex');

/**
 * Reads a file of PEM certificates; what else is in it is passed over, as in Kubernetes.
 * @throws Error that says what is wrong with it
 */
export function readClientAuthorities(pem: string): ClientAuthorities {
  const blocks = pem.match(CERTIFICATE) ?? [];
  if (blocks.length === 0) throw new Error('has no PEM certificate (-----BEGIN CERTIFICATE-----)');
  if (blocks.length !== pem.match(BEGIN)?.length) throw new Error('has a certificate that is cut short');
  const certificates = blocks.map(parse);
  return {
    ca: certificates.map(trusted).join(''),
    fingerprints: new Set(certificates.map(({ fingerprint256 }) => fingerprint256)),
  };
}

function parse(block: string, index: number): X509Certificate {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(block);
  } catch {
    throw new Error(`certificate ${index + 1} cannot be read`);
  }
  if (!certificate.ca) {
    const subject = certificate.subject.replaceAll('\n', ', ');
    throw new Error(
      `certificate ${index + 1} (${subject}) is not that of an authority: name the CA that signs the clients' certificates`,
    );
  }
  return certificate;
}

function trusted({ raw }: X509Certificate): string {
  const lines =
    Buffer.concat([raw, TRUSTED_FOR_CLIENTS])
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN TRUSTED CERTIFICATE-----\n${lines.join('\n')}\n-----END TRUSTED CERTIFICATE-----\n`;
}

/**
 * The part of a TLS context by which clients' certificates are verified: these authorities and no others. Sessions are not
 * resumed, since a resumed one brings the verdict of an earlier handshake along (Kubernetes' clients resume none), and not
 * renegotiated, since a client could then show a second certificate that takes the place of the verified one.
 */
export function clientCertificateContext({ ca }: ClientAuthorities): SecureContextOptions {
  return { ca, secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION };
}

/** The same for a server to be made: it asks for a certificate, and whoever has none may come with a token. */
export function clientCertificateOptions(authorities: ClientAuthorities): TlsOptions {
  return { requestCert: true, rejectUnauthorized: false, ...clientCertificateContext(authorities) };
}
