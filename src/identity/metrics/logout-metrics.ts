import type { MetricRegistry } from './metric-registry.ts';

/** Told of each attempt to tell a client of a sign-out. */
export interface LogoutMetrics {
  sent(): void;
  failed(): void;
}

export function createLogoutMetrics(registry: MetricRegistry): LogoutMetrics {
  const attempts = registry.counter(
    'sallyport_identity_backchannel_logouts_total',
    'Attempts to tell a client of a sign-out, by result: sent (the client took it), failed (tried again, or given up).',
    ['result'],
  );
  const [sent, failed] = [attempts.labels('sent'), attempts.labels('failed')];
  return { sent: () => sent.inc(), failed: () => failed.inc() };
}
