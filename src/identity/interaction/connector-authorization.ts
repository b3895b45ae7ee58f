import type { RequestHandler } from 'express';
import type { PageContext } from './page-context.ts';

/**
 * `/auth/<connector>`, Dex's address of an authorization request for people of one connector: the same as `connector_id`. The
 * provider's own addresses below `/auth` have no `client_id`.
 */
export function createConnectorAuthorization(
  { base }: PageContext,
  hasSource: (id: string) => boolean,
): RequestHandler {
  return (req, res, next) => {
    const id = req.path.slice('/auth/'.length);
    if (req.query['client_id'] === undefined || !hasSource(id)) return next();
    const { searchParams } = new URL(req.originalUrl, 'http://localhost');
    searchParams.set('connector_id', id);
    res.redirect(302, `${base}/auth?${searchParams.toString()}`);
  };
}
