import type { SigningRequest } from '../../signing/index.ts';

const hourMs = 3_600_000;
/** Denied, failed, or signed. */
const doneMs = hourMs;
/** Not decided, or approved and not signed. */
const waitingMs = 24 * hourMs;

/**
 * When a request is cleared away, in milliseconds since the epoch. Source: Kubernetes pkg/controller/certificates/cleaner.
 */
export function dueAt({ metadata, status }: SigningRequest): number {
  const conditions = status.conditions ?? [];
  const isIssued = (status.certificate ?? '') !== '';
  if (conditions.length === 0) return Date.parse(metadata.creationTimestamp ?? '') + waitingMs;
  const dues = conditions.map(({ type, lastUpdateTime }) => {
    const time = Date.parse(lastUpdateTime ?? '');
    if (Number.isNaN(time)) return Infinity;
    return time + (type === 'Approved' && !isIssued ? waitingMs : doneMs);
  });
  return Math.min(...dues);
}
