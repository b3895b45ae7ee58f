import type { Request, RequestHandler, Response } from 'express';
import { type ClientAddressRequest, createAddressBudget } from '../../http/index.ts';
import { failures, sendFailure } from './failures.ts';
import type { PageContext } from './page-context.ts';

export interface ArrivalsDeps {
  readonly context: PageContext;
  clientAddress(req: ClientAddressRequest): string;
  now(): number;
}

/** What a host may begin: 100 at once, 100 a minute. */
const budgetSize = { size: 100, every: 600 };

/**
 * Bounds what one host can make the store keep before anybody has signed in.
 * @param kept told after the answer whether the request has left a record; those that have not do not count
 */
export function boundArrivals(
  { context, clientAddress, now }: ArrivalsDeps,
  kept: (req: Request, res: Response) => boolean,
): RequestHandler {
  const budget = createAddressBudget({ ...budgetSize, now });
  return (req, res, next) => {
    const address = clientAddress(req);
    const wait = budget.take(address);
    if (wait > 0) {
      res.setHeader('Retry-After', String(Math.ceil(wait / 1000)));
      return sendFailure(context, req, res, failures.tooMany);
    }
    res.once('close', () => {
      if (!kept(req, res)) budget.refund(address);
    });
    next();
  };
}
