/**
 * Door 2: what may you do? Describes a request, authenticates its bearer, decides by RBAC and forwards what is allowed.
 * Owns the pipeline, the ways to a target, and its own serving certificate. Knows nothing of how tokens are issued.
 */
export { openToEverybody } from './access/index.ts';
export {
  type Auditor,
  type AuditPolicy,
  createAuditor,
  interruptedEvents,
  parseAuditPolicy,
} from './audit/index.ts';
export * from './authenticate/index.ts';
export { createTargetBeside, type OwnApi } from './beside/index.ts';
export { type ClusterPolicy, followClusterPolicy } from './cluster-policy/index.ts';
export { createClusterRouter } from './clusters/index.ts';
export { createDelegatedAuthorizer, type DelegatedAuthorizer, whenAnswered } from './delegate/index.ts';
export type { AuthorizedRequest, Target } from './exchange.ts';
export {
  type AccessAnswer,
  type AccessExplorer,
  createAccessExplorer,
  createOwnAccess,
  createPolicySurvey,
  createRecentDenials,
  createRefusalExplainer,
  type Denial,
  type ManifestChanges,
  noteDenials,
  type OwnAccess,
  type PolicySource,
  type PolicySurvey,
  type RecentDenials,
  type SurveyedObject,
} from './explain/index.ts';
export { createFilteredLists, type FilteredLists } from './filter/index.ts';
export { type ManifestFollower, openManifests } from './follow-manifests.ts';
export { type AskingProxy, createForwardAuth, type ForwardAuthService } from './forward-auth/index.ts';
export { guardPolicy } from './guard-policy.ts';
export { createImpersonation } from './impersonate/index.ts';
export * from './limits/index.ts';
export {
  type ClusterMetrics,
  createGatewayMetrics,
  type GatewayMetrics,
  type MetricRegistry,
} from './metrics/index.ts';
export { createOpenStreams, type OpenStreams } from './open-streams.ts';
export { createPipeline, type Pipeline, type PipelineDeps } from './pipeline/index.ts';
export { answerProbe } from './probes.ts';
export {
  type ManifestFilesOptions,
  ManifestsError,
  manifestFiles,
  readManifests,
  scanManifestFiles,
} from './read-manifests.ts';
export {
  createIssuerKeysCheck,
  createReadiness,
  createUpstreamCheck,
  joinChecks,
  type Readiness,
  type ReadinessCheck,
} from './readiness/index.ts';
export {
  createReloadableAuthenticator,
  type ReloadableAuthenticator,
  type ReloadOutcome,
} from './reload-authenticator.ts';
export { createReviewAnswerer } from './reviews/index.ts';
export { createScatter, type ScatteredCluster } from './scatter/index.ts';
export { createServedManifests, MANIFESTS_PATH, type ServedManifests } from './served-manifests.ts';
export { createService, type Service } from './sidecar/index.ts';
export {
  type ClientAuthorities,
  clientCertificateOptions,
  readClientAuthorities,
} from './tls/client-authorities.ts';
export { keepCertificate } from './tls/keep-certificate.ts';
export { keepClientAuthorities } from './tls/keep-client-authorities.ts';
export {
  certificateAuthorityFile,
  loadServingCertificate,
  type ServingCertificate,
} from './tls/serving-certificate.ts';
export { type ExpiringPolicy, untilExpiry } from './until-expiry.ts';
export { type ClientUpgrade, serveUpgrades, streamingProtocol } from './upgrade/index.ts';
export type { ApiServerTarget } from './upstream/api-server-target.ts';
export { createEmbeddedTarget } from './upstream/embedded-target.ts';
export { createHttpTarget } from './upstream/http-target.ts';
export { openKubeconfigTarget } from './upstream/kubeconfig-target.ts';
export type { CredentialMode } from './upstream/outbound-identity.ts';
export {
  createWebhooks,
  guardWebhooks,
  type WebhookGuard,
  webhookPaths,
  webhookTokenProblem,
} from './webhooks/index.ts';
