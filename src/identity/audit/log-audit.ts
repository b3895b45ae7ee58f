import type { Log } from '../identity-deps.ts';
import type { IdentityAudit } from './identity-audit.ts';

/** Writes events to the log, told from its other lines by `audit: true`. An event is recorded when its line is written. */
export function createLogAudit(log: Pick<Log, 'info' | 'flush'>): IdentityAudit {
  return {
    async record({ action, requestId, at, ...event }) {
      log.info(
        { audit: true, action, ...event, request_id: requestId, at: new Date(at).toISOString() },
        `${action}: ${event.result}`,
      );
      if (log.flush !== undefined) await new Promise<void>((written) => log.flush?.(written));
    },
  };
}
