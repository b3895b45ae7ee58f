/**
 * Tokens of service accounts: signed here, and good only as long as the account, and what the token is bound to, is there.
 * Who may have one made is decided before.
 */
export {
  type AskedToken,
  createServiceAccountTokens,
  type IssuedToken,
  issuer,
  type ServiceAccountOutcome,
  type ServiceAccountTokens,
} from './service-account-tokens.ts';
