/**
 * Door 1: who are you? An OpenID Connect provider with its pages, accounts, clients and keys.
 * Owns sign-in, consent, sessions, grants and tokens. Knows nothing of what an identity may do.
 */
export { AccountConflictError } from './accounts/accounts.ts';
export { findDemoPasswords } from './accounts/demo-passwords.ts';
export { ClientConfigError, kubectlClientId } from './clients/client-metadata.ts';
export type {
  ClientConfig,
  ExpiryConfig,
  FrontendConfig,
  IdentityDeps,
  Log,
  StaticPassword,
} from './identity-deps.ts';
export { type Identity, openIdentity } from './open-identity.ts';
export type { Session, Sessions } from './sessions/sessions.ts';
