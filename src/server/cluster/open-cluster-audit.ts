import { openAuditLog } from '../../audit-log/index.ts';
import type { ClusterAudit, ClusterProcessLog } from '../../cli/index.ts';
import { type Auditor, createAuditor, parseAuditPolicy } from '../../gateway/index.ts';

/** Microseconds matter in the events' timestamps; the clock of the process has them. */
const now = () => performance.timeOrigin + performance.now();

/**
 * Events by a policy to a log, as kube-apiserver's flags ask for it.
 * @throws AuditPolicyError
 */
export function openClusterAudit(
  { policy: text, policyFile, path }: ClusterAudit,
  log: ClusterProcessLog,
): { readonly auditor: Auditor; close(): Promise<void> } {
  const policy = parseAuditPolicy(text, policyFile);
  const backend = openAuditLog({ path, now, log });
  return { auditor: createAuditor({ policy, backend, now, log }), close: async () => backend.close() };
}
