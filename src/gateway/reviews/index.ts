/**
 * The review kinds (SelfSubjectAccessReview and its kin), answered by the gateway's own engine.
 */
export { createReviewAnswerer, type ReviewAnswerer, type ReviewDeps } from './answer-review.ts';
export { attributesOfReview, subjectOf } from './review-attributes.ts';
export { readReviewSpec } from './review-spec.ts';
export { reviewStatus } from './review-status.ts';
export { validateReviewSpec } from './validate-review-spec.ts';
