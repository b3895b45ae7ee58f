import type { Readiness } from '../readiness/index.ts';
import type { MetricRegistry } from './metric-registry.ts';

/** What is looked at when the figures are read. */
export interface ClusterState {
  /** Open watches, logs and the like that are looked after. */
  openStreams(): number;
  /** Requests that have a seat, and that wait for one. */
  readonly turns: { inFlight(): number; waiting(): number };
  /** Milliseconds since the API server last said anything about its RBAC objects; undefined: they are not followed. */
  policyAge(): number | undefined;
  readonly manifests: ManifestState;
  issuers(): { readonly total: number; readonly withoutKeys: number };
  readonly readiness: Readiness;
}

export interface ManifestState {
  /** Whether the files as they are now are in force. */
  upToDate(): boolean;
  /** When they were last put in force; milliseconds since 1970. */
  appliedAt(): number;
}

/** Shows the state of one cluster's door as gauges. */
export function createStateMetrics(registry: MetricRegistry): { show(state: ClusterState): void } {
  const streams = registry.gauge(
    'sallyport_open_streams',
    'Open watches, logs and the like whose right is looked at every second.',
  );
  const seats = registry.gauge(
    'apiserver_flowcontrol_current_executing_seats',
    'Requests that have their turn; watches and the like have none.',
  );
  const queued = registry.gauge(
    'apiserver_flowcontrol_current_inqueue_requests',
    'Requests that wait for their turn.',
  );
  const age = registry.gauge(
    'sallyport_policy_sync_age_seconds',
    'Time since the API server last said anything about its RBAC objects, of the kind that has been silent for longest; a quiet server says so every minute. Only with rbac.cluster.',
  );
  const upToDate = registry.gauge(
    'sallyport_policy_manifests_last_reload_successful',
    '1 when the manifests as they are now are in force, 0 when the last good ones had to stay.',
  );
  const appliedAt = registry.gauge(
    'sallyport_policy_manifests_last_reload_success_timestamp_seconds',
    'When manifests were last put in force, in seconds since 1970.',
  );
  const issuers = registry.gauge(
    'sallyport_issuers',
    'Configured issuers, by what is known of their keys: loaded, missing.',
    ['keys'],
  );
  const checks = registry.gauge(
    'kubernetes_healthcheck',
    'Result of each check behind /readyz: 1 passed, 0 failed.',
    ['name', 'type'],
  );
  return {
    show(state) {
      registry.beforeScrape(() => {
        streams.labels().set(state.openStreams());
        seats.labels().set(state.turns.inFlight());
        queued.labels().set(state.turns.waiting());
        age.labels().set((state.policyAge() ?? Number.NaN) / 1000);
        upToDate.labels().set(state.manifests.upToDate() ? 1 : 0);
        appliedAt.labels().set(state.manifests.appliedAt() / 1000);
        const { total, withoutKeys } = state.issuers();
        issuers.labels('loaded').set(total - withoutKeys);
        issuers.labels('missing').set(withoutKeys);
        for (const { name, failure } of state.readiness.results()) {
          checks.labels(name, 'readyz').set(failure === undefined ? 1 : 0);
        }
      });
    },
  };
}
