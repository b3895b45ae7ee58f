import type { Recorder, Sweeper } from '../access-requests/index.ts';
import type { Registry } from '../telemetry/index.ts';

export interface AccessRequestMetrics {
  /** Those of one cluster. @param cluster its name; undefined for the one without a prefix */
  of(cluster: string | undefined): {
    readonly count: Recorder;
    /** Call it once, when they are there. */
    show(counts: Sweeper['counts']): void;
  };
}

/** What is asked for and what becomes of it, in figures. */
export function createAccessRequestMetrics(
  registry: Pick<Registry, 'counter' | 'gauge' | 'beforeScrape'>,
): AccessRequestMetrics {
  const happenings = registry.counter(
    'sallyport_access_request_actions_total',
    'What was done to access requests, by cluster, action (request, approve, deny, revoke, delete; expire: time did it; bind, unbind: a binding could not be written or taken away, and will be tried again) and result: success, failure.',
    ['cluster', 'action', 'result'],
  );
  const open = registry.gauge(
    'sallyport_access_requests',
    'Access requests that are pending, or active: that grant something.',
    ['cluster', 'state'],
  );
  return {
    of: (cluster = '') => ({
      count: async ({ action, result }) => happenings.labels(cluster, action, result).inc(),
      show: (counts) =>
        registry.beforeScrape(() => {
          const { pending, active } = counts();
          open.labels(cluster, 'pending').set(pending);
          open.labels(cluster, 'active').set(active);
        }),
    }),
  };
}
