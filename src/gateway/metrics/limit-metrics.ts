import type { LimitEvents, LimitName } from '../limits/index.ts';
import type { Count, MetricRegistry } from './metric-registry.ts';

/** The reasons of kube-apiserver's own metric; the other limits are not its flow control's. */
const REASONS: ReadonlySet<LimitName> = new Set(['queue-full', 'time-out', 'cancelled']);
/** Seconds, as in Kubernetes. */
const WAITS = [0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30];

/**
 * Counts what the limits turn away. Never by whom: names and addresses are anybody's to choose.
 * Source of the names: Kubernetes apiserver/pkg/util/flowcontrol/metrics/metrics.go.
 */
export function createLimitMetrics(registry: MetricRegistry): LimitEvents {
  const rejected = registry.counter(
    'apiserver_flowcontrol_rejected_requests_total',
    'Requests that did not get a turn: queue-full, time-out, cancelled (the client left).',
    ['reason'],
  );
  const reached = registry.counter(
    'sallyport_limits_reached_total',
    'How often another limit was reached: streams, target, body, headers, slow-request, stalled-reader, connections, overload.',
    ['limit'],
  );
  const waits = registry
    .histogram(
      'apiserver_flowcontrol_request_wait_duration_seconds',
      'How long requests waited for their turn, of those that had to and got it.',
      [],
      WAITS,
    )
    .labels();
  const counts = new Map<LimitName, Count>();
  return {
    refused(limit) {
      let count = counts.get(limit);
      if (count === undefined) {
        count = (REASONS.has(limit) ? rejected : reached).labels(limit);
        counts.set(limit, count);
      }
      count.inc();
    },
    waited: (ms) => waits.observe(ms / 1000),
  };
}
