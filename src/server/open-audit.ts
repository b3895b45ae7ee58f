import { join } from 'node:path';
import { type AuditBackend, combineBackends, openAuditLog } from '../audit-log/index.ts';
import { type Config, type GatewayConfig, readNamedFile } from '../config/index.ts';
import {
  type AuditPolicy,
  createAuditor,
  type GatewayMetrics,
  interruptedEvents,
  parseAuditPolicy,
} from '../gateway/index.ts';
import type { Store } from '../store/index.ts';
import type { Log } from '../telemetry/index.ts';
import { openWebhook } from './open-audit-webhook.ts';

export interface OpenAuditDeps {
  readonly config: Config;
  readonly gateway: GatewayConfig;
  /** A process' own. */
  readonly dataDir: string;
  readonly store: Store;
  readonly metrics: GatewayMetrics | undefined;
  readonly log: Log;
}

/** Microseconds matter in the events' timestamps; the clock of the process has them. */
const now = () => performance.timeOrigin + performance.now();

/** The auditor that the configuration asks for, if any. */
export async function openAudit({ config, gateway: { audit }, dataDir, store, metrics, log }: OpenAuditDeps) {
  if (audit === undefined) return { auditor: undefined, close: async () => {} };
  const text = readNamedFile(config.file, 'gateway.audit.policyFile', audit.policyFile);
  const policy = parseAuditPolicy(text, audit.policyFile);
  const { strict } = audit;
  const kept = audit.log ?? recentEvents(dataDir, audit.webhook?.durability);
  const interrupted = eventsOfInterrupted(kept.path, policy, log);
  const backends: AuditBackend[] = [];
  // What is kept for the next process only must not refuse a request.
  backends.push(openLog(kept, strict && kept === audit.log, metrics, log));
  if (audit.webhook !== undefined)
    backends.push(
      await openWebhook({
        config,
        webhook: audit.webhook,
        section: 'gateway.audit',
        prefix: 'gateway/audit-webhook/',
        strict,
        store,
        log,
      }),
    );
  const combined = combineBackends(backends);
  const backend = metrics?.audit.counted(combined) ?? combined;
  for (const line of interrupted) backend.write(line);
  return {
    auditor: createAuditor({ policy, backend, now, log }),
    close: async () => backend.close(),
  };
}

/**
 * What a receiver has been sent is gone from here. So a webhook alone has a log beside it, as long as the part that the next
 * process searches for requests that this one has left open.
 */
function recentEvents(dataDir: string, durability: LogConfig['durability'] | undefined): LogConfig {
  return {
    path: join(dataDir, 'recent-audit.log'),
    maxSizeMiB: 16,
    maxBackups: 1,
    maxAgeDays: 366,
    durability: durability ?? 'batch',
  };
}

/** What the log cannot tell must not keep the gateway from starting: it will write to the log all the same. */
function eventsOfInterrupted(path: string, policy: AuditPolicy, log: Log): string[] {
  try {
    const lines = interruptedEvents({ path, policy, now });
    if (lines.length > 0)
      log.warn({ path, requests: lines.length }, 'requests were interrupted by the end of the last process');
    return lines;
  } catch (error) {
    log.error({ err: error, path }, 'the audit log cannot be searched for interrupted requests');
    return [];
  }
}

type LogConfig = NonNullable<NonNullable<GatewayConfig['audit']>['log']>;

function openLog(
  { maxSizeMiB, ...options }: LogConfig,
  strict: boolean,
  metrics: GatewayMetrics | undefined,
  log: Log,
): AuditBackend {
  const lost = metrics?.audit.lost;
  return openAuditLog({ ...options, maxSizeBytes: maxSizeMiB * 1024 * 1024, strict, now, log, lost });
}
