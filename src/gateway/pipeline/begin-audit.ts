import { captureResponse } from '../audit/capture-response.ts';
import type { Exchange } from './exchange.ts';
import type { PipelineDeps } from './pipeline-deps.ts';

/**
 * Begins the request's events, also of one whose authentication has failed. A promise where the first of them has to be
 * stored before the request goes on.
 * @throws StatusError 500 when it can't be stored and the configuration wants no request without one
 */
export function beginAudit({ auditor, cluster }: PipelineDeps, exchange: Exchange): void | Promise<void> {
  if (auditor === undefined) return undefined;
  const { request, response, requestInfo, outcome, auditId, receivedAt } = exchange;
  const user = outcome.outcome === 'unauthorized' ? undefined : outcome.user;
  const sid = outcome.outcome === 'authenticated' ? outcome.sid : undefined;
  const trail = auditor.begin({ auditId, request, requestInfo, user, sid, receivedAt });
  exchange.trail = trail;
  if (trail === undefined) return undefined;
  if (cluster !== undefined) trail.annotate('sallyport.dev/cluster', cluster);
  trail.follow(response);
  if (trail.responseBody !== undefined) captureResponse(response, trail.responseBody);
  return trail.stored;
}
