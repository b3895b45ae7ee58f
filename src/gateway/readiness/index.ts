/**
 * Whether requests should be sent to this gateway, told to load balancers and people. Owns the checks and their words; what
 * is refused for lack of them is the pipeline's.
 */
export { createIssuerKeysCheck } from './issuer-keys-check.ts';
export { type ClusterChecks, joinChecks } from './join-checks.ts';
export {
  createReadiness,
  type Readiness,
  type ReadinessCheck,
  type ReadinessResult,
  readinessText,
} from './readiness.ts';
export { createUpstreamCheck, type UpstreamCheck, type UpstreamCheckDeps } from './upstream-check.ts';
