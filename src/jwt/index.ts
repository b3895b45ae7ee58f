/**
 * JSON Web Tokens of issuers elsewhere: how one is taken apart, and the keys that may have signed it. Owns the strict
 * reading of a token's text, key sets (RFC 7517), where they are fetched and how often. Does not own what a token must
 * say, nor whom it stands for: each door has rules of its own.
 */
export {
  type CompactJWS,
  decodeBase64url,
  isObject,
  type JSONObject,
  jsonTypeOf,
  parseCompactJWS,
  parseHeader,
  readMember,
} from './compact-jws.ts';
export { duplicateMember } from './duplicate-member.ts';
export { isLoopbackHost, parseIssuerURL } from './issuer-url.ts';
export { createStaticKeySource, type KeySource, type KeysAnswer } from './key-source.ts';
export {
  createRemoteKeySource,
  type RemoteKeySource,
  type RemoteKeySourceDeps,
} from './remote-key-source.ts';
export {
  importVerificationKeys,
  type JSONWebKeySet,
  type SigningAlgorithm,
  signingAlgorithms,
  type VerificationKey,
  verifySignature,
} from './verification-key.ts';
