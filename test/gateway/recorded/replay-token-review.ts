import { describe, expect, it } from 'vitest';
import type { UserInfo } from '../../../src/kube/index.ts';
import { recordedRows } from './compare.ts';

interface Row {
  readonly id: string;
  readonly config: string;
  readonly kind?: 'TokenReview';
  readonly description: string;
  readonly token: string;
  readonly audiences?: string[];
  readonly httpStatus: number;
  readonly reviewStatus?:
    | string
    | { readonly authenticated?: boolean; readonly user: UserInfo; readonly audiences?: string[] };
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

/** Answers a review's status, or the Status of its refusal. */
export type AskReview = (configuration: string, review: object) => Promise<object>;

function reviewOf({ token, audiences }: Row): object {
  const spec = { token, ...(audiences === undefined ? {} : { audiences }) };
  return { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec };
}

/**
 * Who it is, if anybody. What is wrong with a token is not said here, and an audience only when one was asked for: see
 * answerTokenReview.
 */
function verdictOf({ httpStatus, reviewStatus, description, audiences = [] }: Row): object {
  if (httpStatus === 400) return { code: 400 };
  if (STRICTER.some(([listed]) => listed === description)) return { authenticated: false };
  if (typeof reviewStatus !== 'object') throw new Error(`${description}: nothing was recorded`);
  const { authenticated = false, user, audiences: meant } = reviewStatus;
  if (!authenticated) return { authenticated };
  return audiences.length === 0 ? { authenticated, user } : { authenticated, user, audiences: meant };
}

/** @param own the configurations whose rows are asked */
export function replayTokenReviews(ask: AskReview, own: readonly string[]): void {
  const asked = rows.filter(({ config }) => own.includes(config));

  describe('TokenReviews, as a real kube-apiserver 1.35.3 answered them', () => {
    it('are all there', () => {
      expect(rows).toHaveLength(45);
      const known = new Set(rows.map(({ description }) => description));
      expect(STRICTER.filter(([description]) => !known.has(description))).toEqual([]);
    });

    it.each(asked.map((row) => [row.id, row.config, row.description, row] as const))(
      '%s %s: %s',
      async (...[, , , row]) => {
        const answer = await ask(row.config, reviewOf(row));
        expect(answer).toMatchObject(verdictOf(row));
        expect(Object.keys(answer)).not.toContain('error');
      },
    );
  });
}
