import type { Registry } from '../../telemetry/index.ts';

/** Where the door's metrics are made. */
export type MetricRegistry = Pick<Registry, 'counter' | 'gauge' | 'histogram' | 'beforeScrape'>;
