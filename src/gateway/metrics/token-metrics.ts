import type { TokenObserver } from '../authenticate/index.ts';
import type { MetricRegistry } from './metric-registry.ts';

/** Seconds: from a signature check to an issuer that is slow to send its keys. */
const BOUNDS = [0.0001, 0.0002, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.1, 1, 10];
const RESULTS = ['authenticated', 'refused', 'notMine'] as const;

export interface TokenMetricsDeps {
  readonly registry: MetricRegistry;
  /** Milliseconds from any moment on. */
  readonly now: () => number;
}

/** Counts how often a bearer token is remembered, and what verifying the others takes. */
export function createTokenMetrics({ registry, now }: TokenMetricsDeps): TokenObserver {
  const lookups = registry.counter(
    'authentication_token_cache_request_total',
    'Bearer tokens looked up among the verified ones, by status: hit, miss.',
    ['status'],
  );
  const hits = lookups.labels('hit');
  const misses = lookups.labels('miss');
  const durations = registry.histogram(
    'sallyport_token_verification_duration_seconds',
    'Time to verify a bearer token that was not remembered, fetching keys included, by result: authenticated, refused, notMine (no token of a configured issuer).',
    ['result'],
    BOUNDS,
  );
  const [authenticated, refused, notMine] = RESULTS.map((result) => durations.labels(result));
  const of = { authenticated, refused, notMine };
  return {
    remembered: () => hits.inc(),
    verifying() {
      misses.inc();
      const startedAt = now();
      return (result) => of[result]?.observe((now() - startedAt) / 1000);
    },
  };
}
