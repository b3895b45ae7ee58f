import type { Attributes, Decision, UserInfo } from '../../kube/index.ts';
import { explainedReason } from '../explain/explanation-words.ts';
import type { ExplainRefusal } from '../explain/index.ts';
import { attributesOfReview } from './review-attributes.ts';
import { SELECTORS, selectorProblem } from './review-selector.ts';
import type { ReviewSpec } from './review-spec.ts';

/**
 * The status that answers a question. A denial is "no opinion" in RBAC, so `denied` never appears; a missing role shows in
 * `reason`.
 * @param explain what may be added to the reason of a no
 */
export function reviewStatus(
  spec: ReviewSpec,
  user: UserInfo,
  authorize: (attributes: Attributes) => Decision,
  explain?: ExplainRefusal,
): object {
  const attributes = attributesOfReview(spec, user);
  const decision = authorize(attributes);
  const allowed = decision.decision === 'allow';
  const nearMisses = allowed ? [] : (explain?.(attributes) ?? []);
  const reason = explainedReason(decision.reason, nearMisses);
  const evaluationError = evaluationErrorOf(spec);
  return {
    allowed,
    ...(reason === '' ? {} : { reason }),
    ...(evaluationError === '' ? {} : { evaluationError }),
  };
}

function evaluationErrorOf({ resourceAttributes }: ReviewSpec): string {
  const problems = SELECTORS.flatMap((name) => {
    const selector = resourceAttributes?.[name];
    return (selector && selectorProblem(name, selector)) ?? [];
  });
  return problems.join('; ');
}
