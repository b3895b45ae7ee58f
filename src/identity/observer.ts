import { createLogAudit, type IdentityAudit } from './audit/index.ts';
import type { IdentityDeps } from './identity-deps.ts';
import { createIdentityMetrics, type IdentityMetrics } from './metrics/index.ts';

/** Who watches door 1: the trail of what is done, and figures. */
export interface Observer extends Pick<IdentityMetrics, 'timed' | 'show'> {
  readonly audit: IdentityAudit;
  readonly logout: IdentityMetrics['logout'] | undefined;
}

/** @param base path of the issuer, without a trailing slash */
export function createObserver({ log, registry, audit: given }: IdentityDeps, base: string): Observer {
  const audit = given ?? createLogAudit(log);
  if (registry === undefined)
    return { audit, logout: undefined, timed: (handler) => handler, show: () => undefined };
  const metrics = createIdentityMetrics({ registry, base, now: () => performance.now() });
  return { ...metrics, audit: metrics.counted(audit) };
}
