import type { MetricRegistry } from './metric-registry.ts';

/** Counts what becomes of asking admission webhooks, where the API behind this door is one that asks them by itself. */
export interface HookMetrics {
  asked(
    hook: string,
    type: HookType,
    operation: string,
    rejected: boolean,
    code: number,
    seconds: number,
  ): void;
  rejected(hook: string, type: HookType, operation: string, error: string, code: number): void;
  failedOpen(hook: string, type: HookType): void;
}

type HookType = 'admit' | 'validating';

const prefix = 'apiserver_admission_webhook_';

/** Seconds. */
const BOUNDS = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 25];

/** kube-apiserver's, by its names. Source: apiserver/pkg/admission/metrics/metrics.go. */
export function createHookMetrics(registry: MetricRegistry): HookMetrics {
  const durations = registry.histogram(
    `${prefix}admission_duration_seconds`,
    'Time that an admission webhook of the embedded API took, by its name, type (admit: it may change the object; validating), operation and whether it refused.',
    ['name', 'type', 'operation', 'rejected'],
    BOUNDS,
  );
  const requests = registry.counter(
    `${prefix}request_total`,
    'Admission webhooks asked by the embedded API, with the HTTP status that came of it.',
    ['name', 'type', 'operation', 'code', 'rejected'],
  );
  const rejections = registry.counter(
    `${prefix}rejection_count`,
    'Requests to the embedded API that ended at an admission webhook, by error type: no_error (it said no), calling_webhook_error (it could not be asked), apiserver_internal_error.',
    ['name', 'type', 'operation', 'error_type', 'rejection_code'],
  );
  const open = registry.counter(
    `${prefix}fail_open_count`,
    'Admission webhooks that could not be asked and were done without (failurePolicy: Ignore).',
    ['name', 'type'],
  );
  return {
    asked(hook, type, operation, rejected, code, seconds) {
      durations.labels(hook, type, operation, String(rejected)).observe(seconds);
      requests.labels(hook, type, operation, String(code), String(rejected)).inc();
    },
    rejected: (hook, type, operation, error, code) =>
      rejections.labels(hook, type, operation, error, String(code)).inc(),
    failedOpen: (hook, type) => open.labels(hook, type).inc(),
  };
}
