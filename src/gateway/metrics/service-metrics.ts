import type { MetricRegistry } from './metric-registry.ts';

/** The turns at one service, as they are now. */
export interface ServiceState {
  inFlight(): number;
  waiting(): number;
  streams(): number;
}

export interface ServiceMetrics {
  /** Call it once for each. @param upstream where it is, as it is configured */
  show(upstream: string, state: ServiceState): void;
}

/** Shows what goes on at services that are no Kubernetes API. Those of one address are told together. */
export function createServiceMetrics(registry: MetricRegistry): ServiceMetrics {
  const gauges = [
    [
      'inFlight',
      registry.gauge(
        'sallyport_service_requests_in_flight',
        'Requests to a service that have their turn, long polls among them.',
        ['upstream'],
      ),
    ],
    [
      'waiting',
      registry.gauge(
        'sallyport_service_requests_waiting',
        'Requests to a service that wait for their turn.',
        ['upstream'],
      ),
    ],
    [
      'streams',
      registry.gauge('sallyport_service_open_streams', 'Open WebSockets to a service.', ['upstream']),
    ],
  ] as const;
  const shown = new Map<string, ServiceState[]>();
  registry.beforeScrape(() => {
    for (const [upstream, states] of shown)
      for (const [what, gauge] of gauges)
        gauge.labels(upstream).set(states.reduce((sum, state) => sum + state[what](), 0));
  });
  return {
    show(upstream, state) {
      shown.set(upstream, [...(shown.get(upstream) ?? []), state]);
    },
  };
}
