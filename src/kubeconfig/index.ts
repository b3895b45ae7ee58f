/**
 * The way to an API server that a kubeconfig describes. Owns reading and merging kubeconfigs, the credentials that they
 * name (tokens, files, client certificates, plugins) and their renewal, and the connections for requests of our own.
 * Knows nothing of what is asked.
 */
export { type ApiClient, askThrough, createApiClient } from './api-client.ts';
export {
  type ApiAccess,
  type ApiAnswer,
  type ApiRequest,
  type ApiTransport,
  createApiTransport,
  readText,
} from './api-transport.ts';
export { connectEndpoint } from './connect-endpoint.ts';
export { type Connection, connectionOf } from './connection.ts';
export {
  type CredentialSource,
  type CredentialSourceDeps,
  fixedCredentials,
  openCredentialSource,
} from './credential-source.ts';
export { type Credentials, readCredentials } from './credentials.ts';
export { type Endpoint, endpointOf } from './endpoint.ts';
export { type ExecHost, runExecPlugin } from './exec-credential.ts';
export {
  isFields,
  type KubeconfigChoice,
  type KubeconfigContext,
  type KubeconfigEntry,
  readKubeconfigContext,
  textField,
} from './kubeconfig.ts';
export { ApiError, CredentialError, KubeconfigError, UnreachableError } from './kubeconfig-errors.ts';
export { type ApiAccessDeps, openApiAccess } from './open-api-access.ts';
export { createPool, type PerCertificate, type PoolLimits, perCertificate } from './pools.ts';
