import express, { type RequestHandler } from 'express';
import { seeOther } from '../../http/index.ts';
import { failures, sendFailure } from './failures.ts';
import type { PageContext } from './page-context.ts';
import { queryProblem } from './query-bounds.ts';

/**
 * Takes an authorization request by POST and has the browser make it by GET, where all of it is checked. A form of
 * another site comes without this site's cookies (SameSite=Lax), so the person would not be known here; the GET has them.
 * Source: OpenID Connect Core §3.1.2.1 (both methods must be supported).
 */
export function createPostedAuthorization(context: PageContext): RequestHandler[] {
  const answer: RequestHandler = (req, res) => {
    const body: unknown = req.body;
    if (typeof body !== 'string') return sendFailure(context, req, res, failures.notAForm);
    if (req.url.includes('?')) return sendFailure(context, req, res, failures.ambiguous);
    const query = `?${new URLSearchParams(body)}`;
    const problem = queryProblem(query);
    if (problem !== undefined) return sendFailure(context, req, res, problem);
    seeOther(res, `${context.base}/auth${query}`);
  };
  return [express.text({ type: 'application/x-www-form-urlencoded', limit: '16kb' }), answer];
}
