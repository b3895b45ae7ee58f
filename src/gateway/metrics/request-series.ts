import type { IncomingMessage } from 'node:http';
import type { RequestInfo } from '../../kube/index.ts';
import type { KnownResources } from './known-resources.ts';
import { UNKNOWN_RESOURCE } from './known-resources.ts';
import type { Count, Distribution, Level, MetricRegistry } from './metric-registry.ts';
import { scopeLabel, verbLabel } from './request-labels.ts';

/** Seconds. Source: Kubernetes apiserver/pkg/endpoints/metrics/metrics.go. */
const BOUNDS = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60,
];
const REQUEST_LABELS = ['verb', 'group', 'version', 'resource', 'subresource', 'scope'] as const;

/** What is counted of requests with the same verb, resource and scope. */
export interface RequestSeries {
  readonly duration: Distribution;
  readonly longRunning: Level;
  /** @param code HTTP status; 0 when the connection ended before an answer */
  code(code: number): Count;
}

export interface RequestSeriesTable {
  /**
   * What the same target of the same method counted in before, once its resource was known; requests for one target share
   * their requestInfo.
   */
  remembered(requestInfo: RequestInfo | undefined): RequestSeries | undefined;
  of(
    request: Pick<IncomingMessage, 'method' | 'headers'>,
    requestInfo: RequestInfo | undefined,
    known: KnownResources,
  ): RequestSeries;
}

/**
 * Finds what a request is counted in: one look-up, then additions. Verbs, scopes and codes are few, resources are bounded,
 * so that the table is.
 */
export function createRequestSeries(registry: MetricRegistry): RequestSeriesTable {
  const total = registry.counter(
    'apiserver_request_total',
    'Requests, by verb, resource, scope and HTTP status; code 0 is a connection that ended before an answer. A resource that was never served counts without its name.',
    [...REQUEST_LABELS, 'code'],
  );
  const duration = registry.histogram(
    'apiserver_request_duration_seconds',
    'Time from a request to the end of its answer; long-running requests are not in it.',
    REQUEST_LABELS,
    BOUNDS,
  );
  const longRunning = registry.gauge(
    'apiserver_longrunning_requests',
    'Watches, logs and the like that are open now.',
    REQUEST_LABELS,
  );
  const table = new Map<string, RequestSeries>();
  const ofTarget = new WeakMap<RequestInfo, RequestSeries>();

  const make = (labels: readonly string[]): RequestSeries => {
    const counts: Count[] = [];
    let distribution: Distribution | undefined;
    let level: Level | undefined;
    return {
      code: (code) => (counts[code] ??= total.labels(...labels, String(code))),
      get duration() {
        distribution ??= duration.labels(...labels);
        return distribution;
      },
      get longRunning() {
        level ??= longRunning.labels(...labels);
        return level;
      },
    };
  };
  return {
    remembered: (requestInfo) => (requestInfo === undefined ? undefined : ofTarget.get(requestInfo)),
    of({ method = '', headers }, requestInfo, known) {
      const verb = verbLabel(method, headers['content-type'], requestInfo);
      const labels = requestInfo === undefined ? UNKNOWN_RESOURCE : known.of(requestInfo);
      const { group, version, resource, subresource } = labels;
      const scope = requestInfo === undefined ? '' : scopeLabel(requestInfo);
      const key = `${verb} ${group}/${version}/${resource}/${subresource} ${scope}`;
      let series = table.get(key);
      if (series === undefined) {
        series = make([verb, group, version, resource, subresource, scope]);
        table.set(key, series);
      }
      // Of a PATCH the content type counts, too.
      if (requestInfo !== undefined && labels !== UNKNOWN_RESOURCE && method !== 'PATCH')
        ofTarget.set(requestInfo, series);
      return series;
    },
  };
}
