/**
 * Who a request is from: client certificates, bearer tokens of OpenID Connect issuers and the anonymous user, configured
 * by Kubernetes' AuthenticationConfiguration, and tokens that the API server reviews. Owns the token rules, their CEL
 * expressions and the memory of verified tokens. Does not own what the user may do, impersonation, or the HTTP answer.
 */
export { anonymousUser, createAnonymousPolicy } from './anonymous.ts';
export {
  type Authenticate,
  type AuthenticationOutcome,
  type AuthenticatorDeps,
  createAuthenticator,
} from './authenticate.ts';
export {
  type AnonymousConfiguration,
  type AuthenticationConfiguration,
  type ClaimExpression,
  type ClaimMappings,
  type Issuer,
  type JWTAuthenticator,
  type PrefixedClaim,
  parseAuthenticationConfiguration,
  type RequiredClaim,
  type ValidationRule,
} from './authentication-configuration.ts';
export { type BearerToken, readBearerToken } from './bearer-token.ts';
export {
  type AuthenticateCertificate,
  createCertificateAuthenticator,
  type RequestOfConnection,
} from './client-certificate/index.ts';
export { AuthenticationConfigurationError, type ConfigurationProblem } from './configuration-error.ts';
export { parseTokenFile, type TokenOfFile } from './parse-token-file.ts';
export { createStaticTokens, type StaticTokens } from './static-tokens.ts';
export { audiencesOfVerified } from './token-audiences.ts';
export {
  createTokenAuthenticator,
  type TokenAuthenticator,
  type TokenAuthenticatorDeps,
  type TokenObserver,
} from './token-authenticator.ts';
export type { TokenOutcome } from './token-outcome.ts';
export { createTokenReviewer, type TokenReviewer, type TokenReviewerDeps } from './token-review/index.ts';
export type { TokenIssuer } from './verify-token.ts';
export { readWebSocketBearer } from './websocket-bearer.ts';
