import type { MetricRegistry } from './metric-registry.ts';

/** Seconds. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Why an API server's answer did not reach the client, or not all of it. */
export type UpstreamFailure = 'unreachable' | 'credentials' | 'stalled';

/** Watches the way to an API server. */
export interface UpstreamMetrics {
  /** A request goes out. @returns when, for `answered` */
  sent(): number;
  /** Its answer begins. */
  answered(sentAt: number): void;
  failed(reason: UpstreamFailure): void;
}

export interface UpstreamMetricsDeps {
  readonly registry: MetricRegistry;
  /** Milliseconds from any moment on. */
  readonly now: () => number;
}

export function createUpstreamMetrics({ registry, now }: UpstreamMetricsDeps): UpstreamMetrics {
  const latency = registry
    .histogram(
      'sallyport_upstream_request_duration_seconds',
      'Time from sending a request to the API server to the first bytes of its answer.',
      [],
      BOUNDS,
    )
    .labels();
  const failures = registry.counter(
    'sallyport_upstream_failures_total',
    'Requests that the API server did not answer, by reason: unreachable, credentials (it does not take those of the gateway, or there are none), stalled (it fell silent in the middle of an answer).',
    ['reason'],
  );
  const of = {
    unreachable: failures.labels('unreachable'),
    credentials: failures.labels('credentials'),
    stalled: failures.labels('stalled'),
  };
  return {
    sent: now,
    answered: (sentAt) => latency.observe((now() - sentAt) / 1000),
    failed: (reason) => of[reason].inc(),
  };
}
