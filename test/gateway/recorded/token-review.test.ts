import { describe, expect, it } from 'vitest';
import { createAuthenticator, createTokenAuthenticator } from '../../../src/gateway/authenticate/index.ts';
import { answerTokenReview } from '../../../src/gateway/webhooks/answer-token-review.ts';
import { StatusError, type UserInfo } from '../../../src/kube/index.ts';
import { replayConfiguration } from '../authenticate/recorded.ts';
import { recordedRows } from './compare.ts';

interface Row {
  readonly id: string;
  readonly config: string;
  readonly kind?: 'TokenReview';
  readonly description: string;
  readonly token: string;
  readonly audiences?: string[];
  readonly httpStatus: number;
  readonly reviewStatus?: string | { readonly authenticated?: boolean; readonly user: UserInfo };
}

const rows = recordedRows<Row>('authn/bearer.jsonl.gz').filter(({ kind }) => kind === 'TokenReview');

/** Reviews that say `authenticated` there and not here. */
const STRICTER: readonly (readonly [description: string, why: string])[] = [
  ['TokenReview: leading space', 'kube-apiserver calls it anonymous, or breaks off'],
  ['TokenReview: one space', 'kube-apiserver calls it anonymous, or breaks off'],
  ['TokenReview: trailing space', 'no text that a bearer token can have (RFC 6750 §2.1)'],
  ['TokenReview: trailing newline', 'no text that a bearer token can have (RFC 6750 §2.1)'],
  ['TokenReview: leading newline', 'no text that a bearer token can have (RFC 6750 §2.1)'],
  ['TokenReview: trailing word', 'no text that a bearer token can have (RFC 6750 §2.1)'],
];

const authenticators = new Map(
  ['anon-on', 'anon-off', 'anon-paths'].map((name) => {
    const { configuration, issuers } = replayConfiguration(name);
    const now = (): number => Date.parse('2026-11-24T02:00:00Z');
    const tokenAuthenticator = createTokenAuthenticator({ issuers, now });
    return [name, createAuthenticator({ configuration, tokenAuthenticator })] as const;
  }),
);

async function ask({ config, token, audiences }: Row): Promise<object> {
  const authenticate = authenticators.get(config);
  if (authenticate === undefined) throw new Error(`no such configuration: ${config}`);
  const spec = { token, ...(audiences === undefined ? {} : { audiences }) };
  const review = { apiVersion: 'authentication.k8s.io/v1', spec };
  const deps = { authenticate, audiences: ['https://127.0.0.1:17443'], log: { debug() {} } };
  try {
    return await answerTokenReview(review, '/authenticate', 'id', deps);
  } catch (error) {
    if (error instanceof StatusError) return error.status;
    throw error;
  }
}

/** Who it is, if anybody. Audiences and errors are said otherwise here: see answerTokenReview. */
function verdictOf({ httpStatus, reviewStatus, description }: Row): object {
  if (httpStatus === 400) return { code: 400 };
  if (STRICTER.some(([listed]) => listed === description)) return { authenticated: false };
  if (typeof reviewStatus !== 'object') throw new Error(`${description}: nothing was recorded`);
  const { authenticated = false, user } = reviewStatus;
  return authenticated ? { authenticated, user } : { authenticated };
}

describe('TokenReviews, as a real kube-apiserver 1.35.3 answered them', () => {
  it('are all there', () => {
    expect(rows).toHaveLength(45);
    const known = new Set(rows.map(({ description }) => description));
    expect(STRICTER.filter(([description]) => !known.has(description))).toEqual([]);
  });

  it.each(rows.map((row) => [row.id, row.config, row.description, row] as const))(
    '%s %s: %s',
    async (...[, , , row]) => {
      const answer = await ask(row);
      expect(answer).toMatchObject(verdictOf(row));
      expect(Object.keys(answer)).not.toContain('error');
    },
  );
});
