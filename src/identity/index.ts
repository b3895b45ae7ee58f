/**
 * Door 1: who are you? An OpenID Connect provider with its pages, accounts, clients and keys.
 * Owns sign-in, consent, sessions, grants and tokens. Knows nothing of what an identity may do.
 */

export {
  AccountError,
  type AccountErrorFacts,
  type AccountFault,
} from './accounts/account-error.ts';
export type { AccountSource } from './accounts/account-source.ts';
export type { AccountChange, AccountWatchHandlers } from './accounts/account-watch.ts';
export { findDemoPasswords } from './accounts/demo-passwords.ts';
export type { Group } from './accounts/groups/group.ts';
export type { GroupSpec, Groups } from './accounts/groups/groups.ts';
export type { LocalUsers } from './accounts/open-accounts.ts';
export type { AccountPage, PageOptions } from './accounts/paging.ts';
export type { HashLoad } from './accounts/passwords/hash-queue.ts';
export type { PasswordRule } from './accounts/passwords/password-policy.ts';
export { AccountConflictError } from './accounts/static-accounts.ts';
export type { Reset } from './accounts/users/reset-token.ts';
export type { User } from './accounts/users/user.ts';
export type { OwnPasswordChange, UserPasswords } from './accounts/users/user-passwords.ts';
export type { NewUser, UserChange, Users } from './accounts/users/users.ts';
export {
  type Actor,
  createLineAudit,
  gatherRepeats,
  type IdentityAudit,
  type IdentityEvent,
  identityActionNames,
  identityEventList,
} from './audit/index.ts';
export { checkIdentity, type IdentityCheck } from './check-identity.ts';
export { type Preview, type PreviewQuestion, previewClaims } from './claims/preview-claims.ts';
export { ClientConfigError, kubectlClientId } from './clients/client-metadata.ts';
export type { ClientView } from './clients/client-view.ts';
export type { ConnectorConfig } from './connectors/connector-config.ts';
export type { Factor, FactorList, Factors } from './factors/factors.ts';
export { FactorConfigError } from './factors/open-factors.ts';
export type { MfaConfig } from './factors/requirement.ts';
export type { Identity } from './identity.ts';
export type {
  AccountsConfig,
  ClientConfig,
  ExpiryConfig,
  FrontendConfig,
  IdentityDeps,
  Log,
  SessionsConfig,
  SignerConfig,
  StaticPassword,
} from './identity-deps.ts';
export type { KeptForBrowser, Once } from './interaction/kept-for-browser.ts';
export type { PageForms, PageHost, Visitor } from './interaction/page-host.ts';
export type { PageNotice } from './interaction/page-notice.ts';
export type { KeyInfo, KeyService } from './keys/key-service.ts';
export { NoLeaderError } from './keys/rotation-requests.ts';
export { createIdentityMetrics } from './metrics/index.ts';
export { openIdentity } from './open-identity.ts';
export type { ManagedClients } from './registration/managed-clients.ts';
export type { EndCause, Ending } from './sessions/ending.ts';
export type { Sessions } from './sessions/sessions.ts';
export type { Session } from './sessions/to-session.ts';
