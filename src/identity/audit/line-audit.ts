import { randomUUID } from 'node:crypto';
import type { AuditBackend } from '../../audit-log/index.ts';
import { eventLine } from './event-line.ts';
import type { IdentityAudit } from './identity-audit.ts';

export interface LineAuditOptions {
  /** Members of events that are not kept. Default: none. */
  readonly excludeFields?: readonly string[] | undefined;
}

/**
 * Writes events to a log or a webhook. What a strict backend cannot take is kept in memory until it can, because it has
 * happened; but whoever waits for it learns that it is not stored.
 */
export function createLineAudit(
  backend: Pick<AuditBackend, 'offer' | 'write'>,
  { excludeFields }: LineAuditOptions = {},
): IdentityAudit {
  const excluded = new Set(excludeFields);
  return {
    async record(event) {
      const line = eventLine(event, randomUUID(), excluded);
      if (await backend.offer(line)) return;
      backend.write(line);
      throw new Error('the audit trail cannot be written');
    },
  };
}
