/**
 * The page where people ask for access for a while, and decide on what others ask for. Owns its addresses and what is typed
 * there; does not own who may do what, which the requests say themselves.
 */
export { requestsPageUrl } from './request-draft.ts';
export type { RequestedCluster, RequestedClusters } from './requested-cluster.ts';
export { addRequestsPage } from './requests-page.ts';
export { suggestedRequest } from './suggested-request.ts';
