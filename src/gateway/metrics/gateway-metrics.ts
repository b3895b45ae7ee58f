import type { TokenObserver } from '../authenticate/index.ts';
import type { LimitEvents } from '../limits/index.ts';
import { type AuditMetrics, createAuditMetrics } from './audit-metrics.ts';
import { createHookMetrics, type HookMetrics } from './hook-metrics.ts';
import { labelByCluster } from './label-by-cluster.ts';
import { createLimitMetrics } from './limit-metrics.ts';
import type { MetricRegistry } from './metric-registry.ts';
import { type Authorizer, createRequestMetrics, type RequestMetrics } from './request-metrics.ts';
import { createServiceMetrics, type ServiceMetrics } from './service-metrics.ts';
import { type ClusterState, createStateMetrics } from './state-metrics.ts';
import { createTokenMetrics } from './token-metrics.ts';
import { createUpstreamMetrics, type UpstreamMetrics } from './upstream-metrics.ts';

/** All that the gateway tells in figures. */
export interface GatewayMetrics {
  readonly audit: AuditMetrics;
  readonly limits: LimitEvents;
  readonly services: ServiceMetrics;
  /** Those of one cluster, once for each. @param cluster its name; undefined for the one without a prefix */
  of(cluster: string | undefined, authorizer: Authorizer): ClusterMetrics;
}

/** Each part is for the step that it belongs to. */
export interface ClusterMetrics {
  readonly requests: RequestMetrics;
  readonly tokens: TokenObserver;
  readonly upstream: UpstreamMetrics;
  readonly hooks: HookMetrics;
  /** Call it once, when the parts are there. */
  show(state: ClusterState): void;
}

/**
 * @param now milliseconds from any moment on
 * @throws Error when the registry has such metrics already
 */
export function createGatewayMetrics(registry: MetricRegistry, now: () => number): GatewayMetrics {
  const registryOf = labelByCluster(registry);
  return {
    audit: createAuditMetrics(registry),
    limits: createLimitMetrics(registry),
    services: createServiceMetrics(registry),
    of(cluster = '', authorizer) {
      const labelled = registryOf(cluster);
      const deps = { registry: labelled, now };
      return {
        requests: createRequestMetrics({ ...deps, authorizer }),
        tokens: createTokenMetrics(deps),
        upstream: createUpstreamMetrics(deps),
        hooks: createHookMetrics(labelled),
        show: createStateMetrics(labelled).show,
      };
    },
  };
}
