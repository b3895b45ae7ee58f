import { badRequest } from '../../kube/index.ts';
import { type Authenticate, audiencesOfVerified } from '../authenticate/index.ts';
import type { WebhookReview } from './read-webhook-review.ts';

export interface TokenReviewDeps {
  /** Whom the gateway itself takes a request with the token to be from. Must not ask an API server that asks back. */
  readonly authenticate: Authenticate;
  /** By which names API servers ask for these tokens, besides the tokens' own `aud`. */
  readonly audiences: readonly string[];
  readonly log: { debug(fields: object, message: string): void };
}

/** RFC 6750 §2.1. What else a text may hold would not survive the header that it stands in. */
const BEARER_TOKEN = /^[\w.~+/-]+=*$/;
const NOT_AUTHENTICATED = { authenticated: false } as const;

/**
 * A TokenReview's status: the answer of the gateway's own authenticators. A refusal has no text: what is wrong with a
 * token is nobody's business but the log's. With `audiences`, the token must be meant for one of them.
 * Source: Kubernetes authentication/v1 types.go, apiserver plugin/pkg/authenticator/token/webhook.
 * @param path the request's, for the authenticator
 * @throws StatusError 400
 */
export async function answerTokenReview(
  { spec }: WebhookReview,
  path: string,
  auditId: string,
  deps: TokenReviewDeps,
): Promise<object> {
  const { token } = spec;
  if (typeof token !== 'string' || token === '') throw badRequest('spec.token: expected a token');
  const asked = readAudiences(spec['audiences']);
  if (!BEARER_TOKEN.test(token)) return NOT_AUTHENTICATED;
  const outcome = await deps.authenticate(['Authorization', `Bearer ${token}`], path);
  if (outcome.outcome !== 'authenticated') {
    const reason = outcome.outcome === 'unauthorized' ? outcome.reason : outcome.outcome;
    deps.log.debug({ auditId, reason }, 'token review: not authenticated');
    return NOT_AUTHENTICATED;
  }
  const meant = asked.length === 0 ? [] : [...deps.audiences, ...audiencesOfVerified(token)];
  const audiences = asked.filter((audience) => meant.includes(audience));
  if (asked.length > 0 && audiences.length === 0) {
    deps.log.debug({ auditId, asked }, 'token review: the token counts, but for none of these audiences');
    return NOT_AUTHENTICATED;
  }
  return { authenticated: true, user: outcome.user, ...(audiences.length === 0 ? {} : { audiences }) };
}

function readAudiences(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw badRequest('spec.audiences: expected list of strings');
}
