import type { Response } from 'express';
import type { Messages, Page } from '../../../views/index.ts';
import { FactorError, type FactorFault } from '../factors/factor-error.ts';

/** Why a second factor was not taken, as a page says it: the same words for wrong, old and used. */
export interface FactorRefusal {
  readonly message: string;
  readonly status: number;
}

const texts: Readonly<Record<FactorFault, { readonly text: keyof Messages; readonly status: number }>> = {
  wrong: { text: 'factorWrong', status: 400 },
  counter: { text: 'factorWrong', status: 400 },
  throttled: { text: 'tooManyAttempts', status: 429 },
  notFound: { text: 'factorGone', status: 404 },
  exists: { text: 'factorExists', status: 409 },
  needed: { text: 'factorNeeded', status: 409 },
  tooMany: { text: 'factorTooMany', status: 409 },
};

/**
 * Does something with a second factor.
 * @returns what came of it, or why nothing did
 */
export async function tryFactor<T>(
  page: Page,
  res: Response,
  work: () => Promise<T>,
): Promise<{ readonly done: T } | { readonly refusal: FactorRefusal }> {
  try {
    return { done: await work() };
  } catch (error) {
    if (!(error instanceof FactorError)) throw error;
    const { text, status } = texts[error.fault];
    const seconds = Math.ceil((error.wait ?? 0) / 1000);
    if (error.wait !== undefined) res.setHeader('Retry-After', String(seconds));
    return { refusal: { message: page.locale.t[text].replace('{seconds}', String(seconds)), status } };
  }
}
