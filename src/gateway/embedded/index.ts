/**
 * What of this door stands before an API in the same process, and nothing else: no issuers, no API servers elsewhere, no
 * files that are followed. An index of its own because a start reads everything that an index names.
 */
export { createAuthenticator } from '../authenticate/authenticate.ts';
export {
  type AuthenticateCertificate,
  createCertificateAuthenticator,
} from '../authenticate/client-certificate/index.ts';
export { parseTokenFile, type TokenOfFile } from '../authenticate/parse-token-file.ts';
export { createStaticTokens, type StaticTokens } from '../authenticate/static-tokens.ts';
export { guardPolicy } from '../guard-policy.ts';
export { createImpersonation } from '../impersonate/index.ts';
export {
  createLimitCounts,
  createRequestLimits,
  type GatewayLimits,
  guardConnections,
  serverOptions,
} from '../limits/index.ts';
export { InnerResponse } from '../list/inner-response.ts';
export { createOpenStreams } from '../open-streams.ts';
export { createPipeline } from '../pipeline/index.ts';
export { createReviewAnswerer } from '../reviews/index.ts';
export {
  type ClientAuthorities,
  clientCertificateOptions,
  readClientAuthorities,
} from '../tls/client-authorities.ts';
export {
  issueServingCertificate,
  loadServingCertificate,
  type ServingCertificate,
} from '../tls/serving-certificate.ts';
export { serveUpgrades, streamingProtocol } from '../upgrade/index.ts';
export { createEmbeddedTarget } from '../upstream/embedded-target.ts';
