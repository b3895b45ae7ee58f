/**
 * Certificates that we sign ourselves: a CA, and what serves under it. Owns their form (RFC 5280); does not own where keys are
 * kept, nor whom anybody trusts.
 */
export { createCertificateAuthority, type KeyPair, signServingCertificate } from './certificate-authority.ts';
