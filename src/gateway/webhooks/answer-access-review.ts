import { type Attributes, badRequest, type Decision } from '../../kube/index.ts';
import { readReviewSpec, reviewStatus, subjectOf, validateReviewSpec } from '../reviews/index.ts';
import type { WebhookReview } from './read-webhook-review.ts';

/**
 * A SubjectAccessReview's status: what the policy says of the user. RBAC never denies, it has no opinion; `denied` would
 * keep the API server from asking its other authorizers.
 * Source: Kubernetes authorization/v1 types.go, apiserver plugin/pkg/authorizer/webhook.
 * @throws StatusError 400 or 422
 */
export function answerAccessReview(
  { apiVersion, spec: sent }: WebhookReview,
  authorize: (attributes: Attributes) => Decision,
): object {
  const spec = readSpec(apiVersion.endsWith('/v1beta1') ? { ...sent, groups: sent['group'] } : sent);
  validateReviewSpec(spec, true, []);
  return { denied: false, ...reviewStatus(spec, subjectOf(spec), authorize) };
}

function readSpec(spec: object) {
  try {
    return readReviewSpec(spec, true);
  } catch (error) {
    throw badRequest((error as Error).message);
  }
}
