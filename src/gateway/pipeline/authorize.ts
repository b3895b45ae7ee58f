import { type Attributes, attributesOf } from '../../kube/index.ts';
import { whenAnswered } from '../delegate/index.ts';
import { explainedForbidden } from '../explain/explanation-words.ts';
import type { FilteredAnswer } from '../filter/index.ts';
import { checkConnectRights } from '../upgrade/index.ts';
import type { Exchange } from './exchange.ts';
import type { PipelineDeps } from './pipeline-deps.ts';

/**
 * May they do this?
 * @throws StatusError 403 with kube-apiserver's sentence, and for who may see it the explanation
 */
export function authorize(deps: PipelineDeps, exchange: Exchange): void | Promise<void> {
  const { requestInfo, user } = exchange;
  const attributes = attributesOf(requestInfo, user);
  exchange.attributes = attributes;
  const permitted = whenAnswered(() => {
    const filtered = decide(deps, exchange, attributes);
    checkConnectRights(requestInfo, attributes, deps.authorize);
    return filtered;
  });
  if (!(permitted instanceof Promise)) {
    exchange.filtered = permitted;
    return undefined;
  }
  return permitted.then((filtered) => {
    exchange.filtered = filtered;
  });
}

/**
 * Lets the request through as a whole, or filtered; the answer then tells the trail what became of it. Free of
 * consequences but for the trail, since it runs again when an answer had to be fetched.
 */
function decide(
  deps: PipelineDeps,
  { trail, measured, request, target, requestInfo }: Exchange,
  attributes: Attributes,
): FilteredAnswer | undefined {
  const decision = deps.authorize(attributes);
  if (decision.decision !== 'allow') {
    const filtered = deps.filteredLists?.offer({ request, target, requestInfo, attributes, decision });
    if (filtered !== undefined) {
      measured?.decided('allow');
      return filtered;
    }
  }
  trail?.decided(decision.decision, decision.reason);
  measured?.decided(decision.decision);
  if (decision.decision !== 'allow') {
    const nearMisses = deps.explain?.(attributes) ?? [];
    if (nearMisses.length === 0) throw explainedForbidden(attributes, decision.reason, nearMisses);
    throw explainedForbidden(attributes, decision.reason, nearMisses, {
      explanation: deps.explanationPage?.(attributes),
      request: deps.requestPage?.(attributes, nearMisses),
    });
  }
  return undefined;
}
