import express, { type Request, type RequestHandler } from 'express';
import { type Csrf, isCrossSite } from '../../http/index.ts';
import { failures, sendFailure } from './failures.ts';
import type { PageContext } from './page-context.ts';

export interface Forms {
  /** Steps before a handler that looks at the token itself: same site, a body of reasonable size. */
  readonly received: readonly RequestHandler[];
  /** The same, and the session's own token. */
  readonly submitted: readonly RequestHandler[];
  /** The same for forms that hold whole documents: 256 KiB. */
  readonly submittedLong: readonly RequestHandler[];
  /** Whether a received form carries its session's token. */
  isOwn(req: Request): boolean;
  /** Refuses submissions that another site made the browser send. */
  readonly sameSite: RequestHandler;
  /** The token to put into a form; from now on the browser's session is kept. */
  token(req: Request): string;
}

/** A field's text; undefined when absent or sent more than once. */
export function field(req: Request, name: string): string | undefined {
  const body: unknown = req.body;
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return undefined;
  const value: unknown = Reflect.get(body, name);
  return typeof value === 'string' ? value : undefined;
}

export function createForms(context: PageContext, csrf: Csrf): Forms {
  const { origin } = new URL(context.issuer);
  const sameSite: RequestHandler = (req, res, next) => {
    if (req.method === 'POST' && isCrossSite(req.headers, origin))
      sendFailure(context, req, res, failures.forbidden);
    else next();
  };
  const isOwn = (req: Request) => req.session.form === true && csrf.verify(req.sessionID, field(req, 'csrf'));
  const ownToken: RequestHandler = (req, res, next) => {
    if (isOwn(req)) next();
    else sendFailure(context, req, res, failures.forbidden);
  };
  const bodyOf = (limit: string) => express.urlencoded({ extended: false, limit, parameterLimit: 20 });
  const received = [sameSite, bodyOf('12kb')];
  return {
    received,
    submitted: [...received, ownToken],
    submittedLong: [sameSite, bodyOf('256kb'), ownToken],
    isOwn,
    sameSite,
    token(req) {
      req.session.form = true;
      return csrf.token(req.sessionID);
    },
  };
}
