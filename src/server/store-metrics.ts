import type { MeasuredStoreDeps } from '../store/index.ts';
import type { Registry } from '../telemetry/index.ts';

/** Seconds: from a look into memory to a disk or a network that is in trouble. */
const bounds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

export interface StoreMetrics extends Pick<MeasuredStoreDeps, 'observe'> {
  /** Told of records that the housekeeping has removed. */
  collected(records: number): void;
}

/** What the storage and its housekeeping tell in figures. */
export function createStoreMetrics(registry: Pick<Registry, 'counter' | 'histogram'>): StoreMetrics {
  const durations = registry.histogram(
    'sallyport_store_operation_duration_seconds',
    'Time that the storage took, by operation: get, list, txn, lease, revision, compact.',
    ['operation'],
    bounds,
  );
  const collected = registry
    .counter('sallyport_store_collected_total', 'Expired records that this process has removed.')
    .labels();
  return {
    observe: (operation, ms) => durations.labels(operation).observe(ms / 1000),
    collected: (records) => collected.inc(records),
  };
}
