/**
 * ClusterRoles whose rules are gathered from others: what such a role says, and how it is written down. Deciding does not
 * read it there: the authorizer gathers for itself.
 */
export { type ClusterRole, gathers, rulesOf, sameRules } from './gathered-rules.ts';
export { wholeRoles } from './whole-roles.ts';
export { withRules } from './with-rules.ts';
