import { badRequest, checkRequestTarget, type RequestInfo, resolveRequestInfo } from '../../kube/index.ts';
import { checkFraming } from '../check-framing.ts';
import { checkHeaders } from '../check-headers.ts';
import { checkTimeout } from '../check-timeout.ts';
import { isLongRunning } from '../long-running.ts';
import { upgradeProblem } from '../upgrade/index.ts';
import type { Exchange } from './exchange.ts';
import { createKnownTargets } from './known-targets.ts';
import type { PipelineDeps } from './pipeline-deps.ts';

/**
 * What is asked for.
 * @throws StatusError 400 when two parsers could read it differently: then nothing after this step would be true
 */
export function describe({ limits }: PipelineDeps, exchange: Exchange): void {
  const { request, target, measured } = exchange;
  const method = request.method ?? '';
  limits.checkTarget(target);
  const remembered = knownOf.get(method)?.get(target);
  const ambiguity =
    (remembered === undefined ? checkRequestTarget(target) : undefined) ??
    checkFraming(request) ??
    checkHeaders(request.rawHeaders);
  if (ambiguity !== undefined) throw badRequest(`ambiguous request: ${ambiguity}`);
  const problem = upgradeProblem(request);
  if (problem !== undefined) throw badRequest(problem);
  const requestInfo = remembered ?? resolved(method, target);
  exchange.requestInfo = requestInfo;
  measured?.described(requestInfo);
}

/** By method. Of all clusters: what is asked for does not depend on who is asked. */
const knownOf = new Map(
  ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => [method, createKnownTargets()]),
);

function resolved(method: string, target: string): RequestInfo {
  const requestInfo = resolveRequestInfo(method, target);
  if (!isLongRunning(requestInfo)) checkTimeout(target);
  knownOf.get(method)?.learn(target, requestInfo);
  return requestInfo;
}
