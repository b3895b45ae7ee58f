import { badRequest, checkRequestTarget, resolveRequestInfo } from '../../kube/index.ts';
import { checkFraming } from '../check-framing.ts';
import { checkHeaders } from '../check-headers.ts';
import { checkTimeout } from '../check-timeout.ts';
import { isLongRunning } from '../long-running.ts';
import { upgradeProblem } from '../upgrade/index.ts';
import type { Exchange } from './exchange.ts';
import type { PipelineDeps } from './pipeline-deps.ts';

/**
 * What is asked for.
 * @throws StatusError 400 when two parsers could read it differently: then nothing after this step would be true
 */
export function describe({ limits }: PipelineDeps, exchange: Exchange): void {
  const { request, target, measured } = exchange;
  limits.checkTarget(target);
  const ambiguity = checkRequestTarget(target) ?? checkFraming(request) ?? checkHeaders(request.rawHeaders);
  if (ambiguity !== undefined) throw badRequest(`ambiguous request: ${ambiguity}`);
  const problem = upgradeProblem(request);
  if (problem !== undefined) throw badRequest(problem);
  const requestInfo = resolveRequestInfo(request.method ?? '', target);
  if (!isLongRunning(requestInfo)) checkTimeout(target);
  exchange.requestInfo = requestInfo;
  measured?.described(requestInfo);
}
