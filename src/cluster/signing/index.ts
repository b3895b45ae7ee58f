/**
 * Certificates of the cluster's own authority: what may be asked for, and what is signed. Who may approve is decided before.
 * Requests are read and signed by `certificates`, which is loaded with the first one.
 */
export { type ClusterAuthority, createClusterAuthority, UnsignableError } from './cluster-authority.ts';
export { signsFor } from './signers.ts';
export type { SigningRequest } from './signing-request.ts';
