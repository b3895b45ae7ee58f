import type { IncomingMessage, ServerResponse } from 'node:http';
import { endpointOf } from './endpoint-of.ts';
import type { MetricRegistry } from './metric-registry.ts';

/** Seconds: from a key set out of memory to a password that waits for its turn. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export type Handler = (req: IncomingMessage, res: ServerResponse) => void;

export interface RequestMetricsDeps {
  readonly registry: MetricRegistry;
  /** Path of the issuer, without a trailing slash. */
  readonly base: string;
  /** Milliseconds from any moment on. */
  now(): number;
}

/** @returns what times all requests of a handler */
export function createRequestMetrics({
  registry,
  base,
  now,
}: RequestMetricsDeps): (handler: Handler) => Handler {
  const durations = registry.histogram(
    'sallyport_identity_request_duration_seconds',
    'Time from a request to the end of its answer, by endpoint and HTTP status; code 0 is a connection that ended before an answer.',
    ['endpoint', 'code'],
    bounds,
  );
  return (handler) => (req, res) => {
    const startedAt = now();
    // Express changes the address while it looks for the route.
    const endpoint = endpointOf(req.url ?? '', base);
    res.once('close', () => {
      const code = String(res.headersSent ? res.statusCode : 0);
      durations.labels(endpoint, code).observe((now() - startedAt) / 1000);
    });
    handler(req, res);
  };
}
