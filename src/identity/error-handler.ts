import type { IncomingMessage } from 'node:http';
import type { ErrorRequestHandler } from 'express';
import { errors } from 'oidc-provider';
import { StoreUnavailableError } from '../store/index.ts';
import type { Log } from './identity-deps.ts';
import { type Failure, failures, sendFailure } from './interaction/failures.ts';
import type { PageContext } from './interaction/page-context.ts';
import { requestId } from './interaction/request-id.ts';

export interface ErrorHandlerDeps {
  readonly context: PageContext;
  readonly log: Log;
}

/** What was thrown on the way, as a page or a document: the log has what it was, the answer only whose fault. */
export function createErrorHandler({ context, log }: ErrorHandlerDeps): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error);
    sendFailure(context, req, res, toFailure(error, req, log));
  };
}

function toFailure(error: unknown, req: IncomingMessage, log: Log): Failure {
  if (error instanceof errors.SessionNotFound) return failures.sessionGone;
  const status =
    error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500;
  if (status >= 400 && status < 500) return { status, title: 'errorTitle', text: 'errorInvalidRequest' };
  const { name, message, stack } = error instanceof Error ? error : new Error('not an error was thrown');
  log.error(
    { event: 'server_error', err: { name, message, stack }, request_id: requestId(req) },
    'request failed',
  );
  return {
    status: error instanceof StoreUnavailableError ? 503 : 500,
    title: 'errorTitle',
    text: 'errorServer',
  };
}
