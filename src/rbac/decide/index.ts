/**
 * What it takes to decide, without the questions. An index of its own because a start reads everything that an index names:
 * who only stands in front of an API has no use for the rules of `lint`.
 */
export { defaultPolicyObjects } from '../default-policy.ts';
export { expiryOf } from '../expiry.ts';
export { isNamespacedKind, RBAC_API_VERSION, RBAC_GROUP } from '../model.ts';
export { createPolicy } from '../policy.ts';
export { validatePolicyContent } from '../validate.ts';
