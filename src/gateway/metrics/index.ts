/**
 * What the gateway tells in figures. Owns names, labels and their bounds, so that no request can make them grow and none of
 * them names a person or an object. Where and how they are shown is the registry's.
 */
export { type AuditMetrics, createAuditMetrics } from './audit-metrics.ts';
export { type ClusterMetrics, createGatewayMetrics, type GatewayMetrics } from './gateway-metrics.ts';
export type { MetricRegistry } from './metric-registry.ts';
export { createRequestMetrics, type RequestMetrics, type RequestRecord } from './request-metrics.ts';
export type { ClusterState, ManifestState } from './state-metrics.ts';
export type { UpstreamMetrics } from './upstream-metrics.ts';
