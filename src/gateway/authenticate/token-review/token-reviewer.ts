import { hash } from 'node:crypto';
import type { ApiTransport } from '../../../kubeconfig/index.ts';
import type { TokenOutcome } from '../token-outcome.ts';
import { askTokenReview } from './ask-token-review.ts';
import { createRememberedReviews } from './remembered-reviews.ts';
import { reviewOutcome } from './review-outcome.ts';
import { createReviewQueue } from './review-queue.ts';
import { readReviewable } from './reviewable-token.ts';

export interface TokenReviewerDeps {
  /** The API server, asked as the gateway's own account. */
  readonly client: Pick<ApiTransport, 'request'>;
  /** One of them must be a token's; undefined: the API server's own. */
  readonly audiences?: readonly string[] | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: { warn(fields: object, message: string): void };
  /** How long one review may take, waiting included, in milliseconds; default 10 000. */
  readonly timeoutMs?: number;
  /** How many run at once, and how many wait for it; default 8 and 128. */
  readonly running?: number;
  readonly waiting?: number;
}

/** Asks the API server about tokens of issuers that are not configured here. */
export interface TokenReviewer {
  /**
   * At once when the answer is remembered. Never rejects: no answer is a refusal, as in Kubernetes.
   * @param token of none of the configured issuers, and no longer than the token authenticator takes
   */
  authenticate(token: string): TokenOutcome | Promise<TokenOutcome>;
}

/** kube-apiserver's cache of authenticated tokens; it keeps no refusals, but it needs no network to make them. */
const REMEMBER_MS = 10_000;
const REMEMBERED = 10_000;

const notReviewable: TokenOutcome = { outcome: 'refused', reason: 'invalid bearer token, not for review' };
const expired: TokenOutcome = { outcome: 'refused', reason: 'the token has expired' };

/**
 * Reviews tokens, and keeps a flood of them from becoming one of reviews: answers are remembered for 10 seconds by the
 * token's SHA-256, refusals apart from the others so that they cannot drive them out; the same token is asked about once
 * at a time; few reviews run at once and few wait, and what comes beyond that is refused unasked and not remembered.
 */
export function createTokenReviewer(deps: TokenReviewerDeps): TokenReviewer {
  const { client, audiences, now, log, timeoutMs = 10_000, running = 8, waiting = 128 } = deps;
  const accepted = createRememberedReviews(REMEMBERED, now);
  const refused = createRememberedReviews(REMEMBERED, now);
  const underReview = new Map<string, Promise<TokenOutcome>>();
  const queue = createReviewQueue({ running, waiting });
  let said = '';

  const review = async (token: string, key: string, expiresAt: number): Promise<TokenOutcome> => {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const answer = await queue.run(async () => {
        signal.throwIfAborted();
        return askTokenReview(client, { token, audiences, signal });
      });
      said = '';
      const outcome = reviewOutcome(answer, { token, audiences, expiresAt });
      const memory = outcome.outcome === 'authenticated' ? accepted : refused;
      memory.set(key, outcome, Math.min(now() + REMEMBER_MS, expiresAt));
      return outcome;
    } catch (error) {
      // Remembered would be a moment's trouble: the next request asks anew, in its turn.
      const { name, message } = error as Error;
      const reason = name === 'TimeoutError' ? `no answer within ${timeoutMs} ms` : message;
      if (reason !== said) log.warn({ reason }, 'a token could not be reviewed by the API server');
      said = reason;
      return { outcome: 'refused', reason: `token review: ${reason}` };
    } finally {
      underReview.delete(key);
    }
  };

  return {
    authenticate(token) {
      const key = hash('sha256', token, 'base64');
      const known = accepted.get(key) ?? refused.get(key) ?? underReview.get(key);
      if (known !== undefined) return known;
      const reviewable = readReviewable(token);
      if (reviewable === undefined) return notReviewable;
      if (now() >= reviewable.expiresAt) return expired;
      const outcome = review(token, key, reviewable.expiresAt);
      underReview.set(key, outcome);
      return outcome;
    },
  };
}
