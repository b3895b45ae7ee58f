/**
 * What one client may cost the others: sizes, times, and turns. Owns the queue of requests that wait for a seat, the
 * number of a user's streams and of an address's connections. Decides nothing about rights.
 */
export { cutStalledStream } from './cut-stalled-stream.ts';
export type { GatewayLimits } from './gateway-limits.ts';
export { guardConnections, serverOptions } from './guard-connections.ts';
export { createLimitCounts, type LimitCounts } from './limit-counts.ts';
export type { LimitEvents, LimitName } from './limit-events.ts';
export { createRequestLimits, type RequestLimits } from './request-limits.ts';
export { createServiceLimits, type ServiceLimits, type ServiceLimitsDeps } from './service-limits.ts';
export { shedLoad } from './shed-load.ts';
