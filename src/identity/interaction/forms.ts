import express, { type Request, type RequestHandler } from 'express';
import { type Csrf, isCrossSite } from '../../http/index.ts';
import { failures, sendFailure } from './failures.ts';
import type { PageContext } from './page-context.ts';
import { backWith } from './page-notice.ts';

export interface Forms {
  /** Steps before a handler that looks at the token itself: same site, a body of reasonable size. */
  readonly received: readonly RequestHandler[];
  /**
   * Steps before a handler of a form: the same, and the session's own token. Who sends the token of another session was shown the form
   * before they signed in or out in another tab: they are led back to the page, which says so.
   * @param page path of the page that the form is on
   * @param keeps fields whose text the page then has again; no secrets, as it is kept in the store
   */
  submittedFrom(page: PathOf, keeps?: readonly string[]): readonly RequestHandler[];
  /** The same for forms that hold whole documents: 256 KiB. @param stale takes those with the token of another session */
  submittedLongFrom(page: PathOf, stale: RequestHandler): readonly RequestHandler[];
  /** Whether a received form carries its session's token. */
  isOwn(req: Request): boolean;
  /** Refuses submissions that another site made the browser send. */
  readonly sameSite: RequestHandler;
  /** The token to put into a form; from now on the browser's session is kept. */
  token(req: Request): string;
}

/** A path, or how to tell it from the request. */
export type PathOf = string | ((req: Request) => string);

/** As a token looks, whoever's it is: 256 bits. */
const TOKEN = /^[\w-]{43}$/;

/** More than any field of a form takes. */
const LONGEST_TYPED = 2_048;

const formStale = { isProblem: true, text: 'formStale' } as const;

/** A field's text; undefined when absent or sent more than once. */
export function field(req: Request, name: string): string | undefined {
  const body: unknown = req.body;
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return undefined;
  const value: unknown = Reflect.get(body, name);
  return typeof value === 'string' ? value : undefined;
}

/** What of it the page may have again; undefined for nothing. */
function typedIn(req: Request, names: readonly string[]): Readonly<Record<string, string>> | undefined {
  // A browser that does not say so may have been made to send it by another site, which would have filled it in.
  if (req.headers['sec-fetch-site'] !== 'same-origin') return undefined;
  const typed = names.flatMap((name) => {
    const text = field(req, name);
    return text === undefined || text.length > LONGEST_TYPED ? [] : [[name, text] as const];
  });
  return typed.length === 0 ? undefined : Object.fromEntries(typed);
}

export function createForms(context: PageContext, csrf: Csrf): Forms {
  const { origin } = new URL(context.issuer);
  const sameSite: RequestHandler = (req, res, next) => {
    if (req.method === 'POST' && isCrossSite(req.headers, origin))
      sendFailure(context, req, res, failures.forbidden);
    else next();
  };
  const isOwn = (req: Request) => req.session.form === true && csrf.verify(req.sessionID, field(req, 'csrf'));
  const pathOf = (req: Request, page: PathOf) => (typeof page === 'string' ? page : page(req));
  const ownToken =
    (page: PathOf, stale: RequestHandler): RequestHandler =>
    (req, res, next) => {
      if (isOwn(req)) return next();
      if (!TOKEN.test(field(req, 'csrf') ?? '')) return sendFailure(context, req, res, failures.forbidden);
      if (req.session.form === true) return stale(req, res, next);
      // Nothing is kept for a browser that has no session: it may be anybody's.
      return sendFailure(context, req, res, { ...failures.stale, again: pathOf(req, page) });
    };
  const leadBack =
    (page: PathOf, keeps: readonly string[]): RequestHandler =>
    (req, res) => {
      const typed = typedIn(req, keeps);
      backWith(req, res, pathOf(req, page), { ...formStale, ...(typed && { typed }) });
    };
  const bodyOf = (limit: string) => express.urlencoded({ extended: false, limit, parameterLimit: 20 });
  const received = [sameSite, bodyOf('12kb')];
  return {
    received,
    submittedFrom: (page, keeps = []) => [...received, ownToken(page, leadBack(page, keeps))],
    submittedLongFrom: (page, stale) => [sameSite, bodyOf('256kb'), ownToken(page, stale)],
    isOwn,
    sameSite,
    token(req) {
      req.session.form = true;
      return csrf.token(req.sessionID);
    },
  };
}
