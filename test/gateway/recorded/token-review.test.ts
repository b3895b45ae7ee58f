import { createAuthenticator, createTokenAuthenticator } from '../../../src/gateway/authenticate/index.ts';
import { answerTokenReview } from '../../../src/gateway/webhooks/answer-token-review.ts';
import { StatusError } from '../../../src/kube/index.ts';
import { replayConfiguration } from '../authenticate/recorded.ts';
import { CONFIGURATIONS } from './replay-bearer.ts';
import { replayTokenReviews } from './replay-token-review.ts';

const authenticators = new Map(
  CONFIGURATIONS.map((name) => {
    const { configuration, issuers } = replayConfiguration(name);
    const now = (): number => Date.parse('2026-11-24T02:00:00Z');
    const tokenAuthenticator = createTokenAuthenticator({ issuers, now });
    return [name, createAuthenticator({ configuration, tokenAuthenticator })] as const;
  }),
);

replayTokenReviews(async (configuration, review) => {
  const authenticate = authenticators.get(configuration);
  if (authenticate === undefined) throw new Error(`no such configuration: ${configuration}`);
  const deps = { authenticate, audiences: ['https://127.0.0.1:17443'], log: { debug() {} } };
  try {
    return await answerTokenReview(review as never, '/authenticate', 'id', deps);
  } catch (error) {
    if (error instanceof StatusError) return error.status;
    throw error;
  }
}, CONFIGURATIONS);
