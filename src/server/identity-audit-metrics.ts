import type { IdentityAudit } from '../identity/index.ts';
import type { Registry } from '../telemetry/index.ts';

export interface IdentityAuditMetrics {
  /** The same trail; events that it does not take are counted. */
  counted(audit: IdentityAudit): IdentityAudit;
  /** Told of events that were taken and could not be stored. */
  lost(events: number): void;
}

/** What is missing in the identity provider's trail is never silent. */
export function createIdentityAuditMetrics(registry: Pick<Registry, 'counter'>): IdentityAuditMetrics {
  const errors = registry.counter(
    'sallyport_identity_audit_errors_total',
    'Events of the identity provider that could not be stored, by what became of them: held_back (with audit.strict: their answers did not leave, and they are stored when that works again), dropped.',
    ['outcome'],
  );
  const [heldBack, dropped] = [errors.labels('held_back'), errors.labels('dropped')];
  return {
    counted: (audit) => ({
      async record(event) {
        try {
          await audit.record(event);
        } catch (error) {
          heldBack.inc();
          throw error;
        }
      },
    }),
    lost: (events) => dropped.inc(events),
  };
}
