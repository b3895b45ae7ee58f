import type { IdentityAudit } from '../audit/index.ts';
import { countEvents } from './event-metrics.ts';
import { createLogoutMetrics, type LogoutMetrics } from './logout-metrics.ts';
import type { MetricRegistry } from './metric-registry.ts';
import { createRequestMetrics, type Handler } from './request-metrics.ts';
import { createStateMetrics, type DoorState } from './state-metrics.ts';

/** All that door 1 tells in figures. */
export interface IdentityMetrics {
  /** The same trail, with its events counted. */
  counted(audit: IdentityAudit): IdentityAudit;
  readonly logout: LogoutMetrics;
  /** The same handler, with its requests timed. */
  timed(handler: Handler): Handler;
  /** To be called once, when everything that is looked at is there. */
  show(state: DoorState): void;
}

export interface IdentityMetricsDeps {
  readonly registry: MetricRegistry;
  /** Path of the issuer, without a trailing slash. */
  readonly base: string;
  /** Milliseconds from any moment on. */
  now(): number;
}

/** @throws Error when the registry has such metrics already */
export function createIdentityMetrics(deps: IdentityMetricsDeps): IdentityMetrics {
  const { registry } = deps;
  const count = countEvents(registry);
  return {
    counted: (audit) => ({
      record(event) {
        count(event);
        return audit.record(event);
      },
    }),
    logout: createLogoutMetrics(registry),
    timed: createRequestMetrics(deps),
    show: createStateMetrics(registry).show,
  };
}
