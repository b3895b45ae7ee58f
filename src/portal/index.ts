/**
 * The pages of the product beside signing in. Owns their addresses and what they ask; does not own who is signed in (door 1)
 * nor what anybody may do (door 2), and no markup.
 */
export { addAccessPage } from './access-page.ts';
export { type AccessQuestion, accessPageUrl } from './access-question.ts';
export type { AdminDesk, DeskAnswer, DeskRequest } from './admin/admin-desk.ts';
export { addAdminPages } from './admin/admin-page.ts';
export { addClustersDocument } from './clusters-document.ts';
export { addConnectPage } from './connect/connect-page.ts';
export { addExplorerPages } from './explorer/index.ts';
export {
  addRequestsPage,
  type RequestedCluster,
  type RequestedClusters,
  requestsPageUrl,
  suggestedRequest,
} from './requests/index.ts';
export type { ServingProcess } from './serving-process.ts';
