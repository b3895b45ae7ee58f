import { type Config, type GatewayConfig, readNamedFile } from '../config/index.ts';
import { createAuditor, type GatewayMetrics, openAuditLog, parseAuditPolicy } from '../gateway/index.ts';
import type { Log } from '../telemetry/index.ts';

/** Microseconds matter in the events' timestamps; the clock of the process has them. */
const now = () => performance.timeOrigin + performance.now();

/** The auditor that the configuration asks for, if any. */
export function openAudit(
  config: Config,
  { audit }: GatewayConfig,
  metrics: GatewayMetrics | undefined,
  log: Log,
) {
  if (audit === undefined) return { auditor: undefined, close: async () => {} };
  const text = readNamedFile(config.file, 'gateway.audit.policyFile', audit.policyFile);
  const { path, maxSizeMiB, maxAgeDays, maxBackups, durability } = audit.log;
  const auditLog = openAuditLog({
    path,
    maxSizeBytes: maxSizeMiB * 1024 * 1024,
    maxAgeDays,
    maxBackups,
    durability,
    strict: audit.strict,
    now,
    log,
    lost: metrics?.audit.lost,
  });
  const backend = metrics?.audit.counted(auditLog) ?? auditLog;
  const auditor = createAuditor({ policy: parseAuditPolicy(text, audit.policyFile), backend, now, log });
  return { auditor, close: () => backend.close() };
}
