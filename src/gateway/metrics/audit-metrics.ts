import type { AuditBackend } from '../../audit-log/index.ts';
import type { MetricRegistry } from './metric-registry.ts';

export interface AuditMetrics {
  /** The same backend, its events counted. */
  counted(backend: AuditBackend): AuditBackend;
  /** Events that a backend had taken and could not store. */
  lost(events: number): void;
}

/** Counts audit events. Source of the names: Kubernetes apiserver/pkg/audit/metrics.go. */
export function createAuditMetrics(registry: MetricRegistry): AuditMetrics {
  const events = registry.counter('apiserver_audit_event_total', 'Audit events given to the log.').labels();
  const errors = registry
    .counter('apiserver_audit_error_total', 'Audit events that could not be stored.', ['plugin'])
    .labels('log');
  const counted = (taken: boolean): boolean => {
    (taken ? events : errors).inc();
    return taken;
  };
  return {
    counted: (backend) => ({
      durability: backend.durability,
      refusing: () => backend.refusing(),
      offer(line) {
        const taken = backend.offer(line);
        if (taken instanceof Promise) return taken.then(counted);
        return counted(taken);
      },
      write(line) {
        events.inc();
        backend.write(line);
      },
      writeFirst(line) {
        events.inc();
        return backend.writeFirst(line);
      },
      flush: () => backend.flush(),
      close: () => backend.close(),
    }),
    lost: (count) => errors.inc(count),
  };
}
