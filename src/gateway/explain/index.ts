/**
 * Why a request was refused, told to who asked. Owns who is told what, how often, and where it stands in the answer.
 * Does not own how near misses are found and worded: that is rbac's `explain`.
 */
export {
  type AccessExplorer,
  createAccessExplorer,
  type ManifestChanges,
} from './access-explorer.ts';
export { createRefusalExplainer, type ExplainRefusal } from './explain-refusal.ts';
export { type AccessAnswer, createOwnAccess, type OwnAccess } from './own-access.ts';
export {
  createPolicySurvey,
  type PolicySource,
  type PolicySurvey,
  type SurveyedObject,
} from './policy-survey.ts';
export { createRecentDenials, type Denial, noteDenials, type RecentDenials } from './recent-denials.ts';
