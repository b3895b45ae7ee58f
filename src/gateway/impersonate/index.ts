/**
 * Impersonation by the caller (`kubectl --as`): who shall act, and may this caller act as them?
 * Owns the Impersonate-* headers, the checks of both kinds (legacy and constrained) and the identity that results.
 * Does not own how the gateway itself speaks for users at a target (upstream), nor the decision about the request.
 */
export {
  createImpersonation,
  type Impersonate,
  type ImpersonationDeps,
  type ImpersonationOutcome,
} from './impersonation.ts';
export { mayActAs } from './may-act-as.ts';
