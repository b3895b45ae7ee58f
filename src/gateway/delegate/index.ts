/**
 * Decisions that somebody else makes: an API server, asked by SubjectAccessReview. Owns the questions, the memory of answers,
 * and the waiting; what is asked, and what follows, is the pipeline's.
 */
export {
  createDelegatedAuthorizer,
  type DelegatedAuthorizer,
  type DelegatedAuthorizerDeps,
} from './delegated-authorizer.ts';
export { Unanswered, whenAnswered } from './unanswered.ts';
