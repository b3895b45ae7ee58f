import type { ServerResponse } from 'node:http';
import { StatusError, serviceUnavailable } from '../../kube/index.ts';
import { StoreUnavailableError } from '../../store/index.ts';
import type { ClusterRequest } from '../cluster.ts';
import { dispatch } from './dispatch.ts';
import type { HandlerContext } from './handler-context.ts';
import { createRequestQuery } from './request-query.ts';
import { respondError } from './respond.ts';

/** Answers one request, whatever happens. */
export async function handleRequest(
  context: HandlerContext,
  request: ClusterRequest,
  response: ServerResponse,
): Promise<void> {
  const query = createRequestQuery(request.target);
  try {
    await dispatch(context, request, response, query);
  } catch (error) {
    // A client that has left makes reading its body fail; there is nobody to tell.
    if (request.signal.aborted) return;
    if (!(error instanceof StatusError)) context.deps.log.error({ err: error }, 'a request failed');
    // Part of an answer is out already: cutting it short is the only honest sign left.
    if (response.headersSent) response.destroy();
    else respondError(request, query, response, toAnswer(error));
  }
}

/** Of a write nobody knows whether it has happened: no Retry-After, which would make clients send it again. */
function toAnswer(error: unknown): unknown {
  return error instanceof StoreUnavailableError ? serviceUnavailable('the storage does not answer') : error;
}
