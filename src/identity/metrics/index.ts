/**
 * What door 1 tells in figures. Owns names, labels and their bounds: no request can make them grow, and none of them names a
 * person, a client, a token or an address. Where and how they are shown is the registry's.
 */
export { createIdentityMetrics, type IdentityMetrics, type IdentityMetricsDeps } from './identity-metrics.ts';
export type { LogoutMetrics } from './logout-metrics.ts';
export type { MetricRegistry } from './metric-registry.ts';
export type { Handler } from './request-metrics.ts';
export type { DoorState } from './state-metrics.ts';
