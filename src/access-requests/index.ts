/**
 * Access for a while: somebody asks for a role, somebody else approves, a binding appears and goes. Owns the requests, what can
 * become of them, who may decide, and that bindings go when their time is over. Does not own how requests are shown (admin,
 * portal), how a cluster is written to, nor what a role means (rbac).
 */
export type {
  AccessRequest,
  Phase,
  RequestedRole,
  RequestName,
  Saying,
  StoredRequest,
} from './access-request.ts';
export { isOpen } from './access-request.ts';
export {
  type AccessRequests,
  type AccessRequestsDeps,
  createAccessRequests,
} from './access-requests.ts';
export type { Authority, Bindings } from './bindings.ts';
export { clusterBindings } from './cluster-bindings.ts';
export { durationText } from './duration.ts';
export type { AccessAction, Happening, Recorder } from './happening.ts';
export type { RequestBounds, WantedAccess } from './new-request.ts';
export type { Person } from './person.ts';
export {
  createRequestStore,
  type PageQuery,
  type RequestChange,
  type RequestStore,
  type Scope,
} from './request-store.ts';
export { confirmMayAsk, hasAsked, mayApprove, requestAttributes } from './rights.ts';
export type { AccessBinding } from './role-binding.ts';
export { type Sweeper, startSweeper } from './sweeper.ts';
