/**
 * Certificates that we sign ourselves: a CA, what serves under it, and what others ask it for. Owns their form (RFC 5280); does not own where keys are
 * kept, nor whom anybody trusts.
 */
export {
  createCertificateAuthority,
  type KeyPair,
  signCertificateRequest,
  signServingCertificate,
  type Usages,
} from './certificate-authority.ts';
export { type CertificateRequest, readCertificateRequest } from './certificate-request.ts';
