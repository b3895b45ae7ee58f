import type { ConversionReport } from '../cluster/index.ts';
import type { Registry } from '../telemetry/index.ts';

/** Seconds, as kube-apiserver has them: by definition, and of all. */
const ofDefinition = Array.from({ length: 15 }, (_, power) => 0.001 * 2 ** power);
const ofAll = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 45, 60];

/** What conversion webhooks are asked by the embedded API, in figures. */
export function createConversionMetrics(
  registry: Pick<Registry, 'counter' | 'histogram'>,
): (report: ConversionReport) => void {
  const byDefinition = registry.histogram(
    'apiserver_crd_conversion_webhook_duration_seconds',
    'Time that the conversion webhook of a definition took for one review, by name of the definition, version of the (first) object and version that was asked for.',
    ['crd_name', 'from_version', 'to_version', 'succeeded'],
    ofDefinition,
  );
  const requests = registry.counter(
    'apiserver_conversion_webhook_request_total',
    'Reviews that conversion webhooks were asked, by result (success, failure) and what went wrong.',
    ['result', 'failure_type'],
  );
  const durations = registry.histogram(
    'apiserver_conversion_webhook_duration_seconds',
    'Time that conversion webhooks took for one review, by result and what went wrong.',
    ['result', 'failure_type'],
    ofAll,
  );
  return ({ definition, from, to, failure, ms }) => {
    const result = failure === undefined ? 'success' : 'failure';
    byDefinition.labels(definition, from, to, String(failure === undefined)).observe(ms / 1000);
    requests.labels(result, failure ?? '').inc();
    durations.labels(result, failure ?? '').observe(ms / 1000);
  };
}
