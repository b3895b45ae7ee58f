import { isIP, isIPv6 } from 'node:net';
import type { PeerCertificate } from 'node:tls';
import type { Address } from './resolve-service.ts';
import { WebhookCallError } from './webhook-call-error.ts';

interface NodeError extends Error {
  readonly code?: string;
  /** Of a certificate that is for somebody else. */
  readonly cert?: PeerCertificate;
}

/**
 * Why there was no answer, in the words of Go's net and crypto/tls, which people search the web for; Node's own where Go has
 * none that fit.
 * @param address undefined when it was not even known where to ask
 * @param name whom the certificate has to name
 */
export function networkProblem(error: unknown, address: Address | undefined, name: string): string {
  const { code = '', message, cert } = error as NodeError;
  if (error instanceof WebhookCallError || address === undefined) return message;
  const { host, port } = address;
  const syscall = dialProblems.get(code);
  if (syscall !== undefined)
    return `dial tcp ${isIPv6(host) ? `[${host}]` : host}:${port}: connect: ${syscall}`;
  if (code === 'ENOTFOUND') return `dial tcp: lookup ${host}: no such host`;
  if (code === 'ECONNRESET') return 'EOF';
  const certificate = certificateProblem(code, name, cert);
  return certificate === undefined
    ? message
    : `tls: failed to verify certificate: x509: certificate ${certificate}`;
}

const dialProblems: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['EHOSTUNREACH', 'no route to host'],
  ['ENETUNREACH', 'network is unreachable'],
  ['ETIMEDOUT', 'connection timed out'],
]);

const unknownAuthority = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

function certificateProblem(
  code: string,
  name: string,
  cert: PeerCertificate | undefined,
): string | undefined {
  if (unknownAuthority.has(code)) return 'signed by unknown authority';
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return 'has expired or is not yet valid';
  if (code !== 'ERR_TLS_CERT_ALTNAME_INVALID') return undefined;
  const kind = isIP(name) === 0 ? 'DNS:' : 'IP Address:';
  const names = (cert?.subjectaltname ?? '').split(', ').filter((each) => each.startsWith(kind));
  return `is valid for ${names.map((each) => each.slice(kind.length)).join(', ')}, not ${name}`;
}
