/**
 * Tokens that only the API server knows: service accounts' and those of issuers that are configured there. Owns which
 * tokens may be shown to it, the bound on asking, and what its answers are worth. Does not own the way to it.
 */
export { createTokenReviewer, type TokenReviewer, type TokenReviewerDeps } from './token-reviewer.ts';
