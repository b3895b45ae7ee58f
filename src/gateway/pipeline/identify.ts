import { closeSessionAfterAnswer } from '../../http/index.ts';
import { serviceUnavailable, unauthorized } from '../../kube/index.ts';
import { traceFields } from '../trace-context/index.ts';
import type { Exchange } from './exchange.ts';
import type { PipelineDeps } from './pipeline-deps.ts';

/**
 * Whoever is not known ends here, and so does everybody while nothing can be decided. HTTP/2 makes asking cheaper than
 * answering, so that connections stay for those only who say who they are: as kube-apiserver's
 * UnauthenticatedHTTP2DOSMitigation, also for the anonymous who are served.
 * @throws StatusError 401 with kube-apiserver's body: the cause goes to the log only; 503
 */
export function identify(deps: PipelineDeps, exchange: Exchange): void {
  const { request, response, auditId, outcome, ownHeaders } = exchange;
  if (outcome.outcome !== 'authenticated') closeSessionAfterAnswer(response);
  if (outcome.warning !== undefined) ownHeaders.push('Warning', `299 - ${JSON.stringify(outcome.warning)}`);
  if (outcome.outcome === 'unauthorized') {
    const { reason } = outcome;
    deps.log.debug({ auditId, ...traceFields(request.headers), reason }, 'authentication failed');
    throw unauthorized();
  }
  const notReady = deps.notReady();
  if (notReady !== undefined) throw serviceUnavailable(`the gateway is not ready: ${notReady}`);
  exchange.caller = outcome.user;
}
