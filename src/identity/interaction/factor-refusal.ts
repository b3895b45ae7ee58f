import type { Messages } from '../../../views/index.ts';
import { FactorError, type FactorFault } from '../factors/factor-error.ts';
import type { PageNotice } from './page-notice.ts';

const texts: Readonly<Record<FactorFault, keyof Messages>> = {
  wrong: 'factorWrong',
  counter: 'factorWrong',
  throttled: 'tooManyAttempts',
  notFound: 'factorGone',
  exists: 'factorExists',
  needed: 'factorNeeded',
  tooMany: 'factorTooMany',
};

/**
 * Does something with a second factor.
 * @returns what came of it, or why nothing did, as a page says it: in the same words for wrong, old and used
 */
export async function tryFactor<T>(
  work: () => Promise<T>,
): Promise<{ readonly done: T } | { readonly refusal: PageNotice }> {
  try {
    return { done: await work() };
  } catch (error) {
    if (!(error instanceof FactorError)) throw error;
    const { fault, wait } = error;
    const later = wait === undefined ? {} : { retryAfter: Math.ceil(wait / 1000) };
    return { refusal: { isProblem: true, text: texts[fault], ...later } };
  }
}
