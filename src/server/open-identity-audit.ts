import { type AuditBackend, combineBackends, openAuditLog } from '../audit-log/index.ts';
import type { Config } from '../config/index.ts';
import { createLineAudit, gatherRepeats, type IdentityAudit, identityEventList } from '../identity/index.ts';
import type { Store } from '../store/index.ts';
import type { Log, Registry } from '../telemetry/index.ts';
import { createIdentityAuditMetrics } from './identity-audit-metrics.ts';

export interface OpenIdentityAuditDeps {
  readonly config: Config;
  readonly store: Store;
  /** Undefined: nothing is counted. */
  readonly registry: Registry | undefined;
  readonly log: Log;
}

export interface OpenedIdentityAudit {
  /** Undefined: the trail goes to the log. */
  readonly audit: IdentityAudit | undefined;
  close(): Promise<void>;
}

/** Where the configuration wants the identity provider's trail. An act has its event before its answer, whichever it is. */
export async function openIdentityAudit(deps: OpenIdentityAuditDeps): Promise<OpenedIdentityAudit> {
  const { audit } = deps.config;
  // There also when there is nothing to count, as all metrics are.
  const metrics = deps.registry && createIdentityAuditMetrics(deps.registry);
  if (audit === undefined) return { audit: undefined, close: async () => {} };
  const backend = combineBackends(await openBackends(audit, metrics?.lost, deps));
  const stored = createLineAudit(backend, audit);
  const gathered = gatherRepeats({
    audit: metrics?.counted(stored) ?? stored,
    now: Date.now,
    onError: (error) => deps.log.error({ err: error }, 'an event was not recorded'),
  });
  return {
    audit: gathered,
    async close() {
      await gathered.close();
      await backend.close();
    },
  };
}

async function openBackends(
  { log, webhook, strict }: NonNullable<Config['audit']>,
  lost: ((events: number) => void) | undefined,
  deps: OpenIdentityAuditDeps,
): Promise<AuditBackend[]> {
  const backends: AuditBackend[] = [];
  const durability = 'each';
  if (log !== undefined) {
    const { maxSizeMiB, ...options } = log;
    const maxSizeBytes = maxSizeMiB * 1024 * 1024;
    backends.push(
      openAuditLog({ ...options, maxSizeBytes, durability, strict, now: Date.now, log: deps.log, lost }),
    );
  }
  if (webhook !== undefined) {
    const { openWebhook } = await import('./open-audit-webhook.ts');
    const place = { section: 'audit', prefix: 'identity/audit-webhook/', list: identityEventList };
    backends.push(await openWebhook({ ...deps, ...place, webhook: { ...webhook, durability }, strict }));
  }
  return backends;
}
