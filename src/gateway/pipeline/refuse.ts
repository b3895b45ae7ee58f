import { internalError, internalServerErrorText, RequestInfoError, StatusError } from '../../kube/index.ts';
import { setOwnHeaders } from '../own-headers.ts';
import { respondStatus } from '../respond-status.ts';
import { traceFields } from '../trace-context/index.ts';
import type { Exchange } from './exchange.ts';
import type { PipelineDeps } from './pipeline-deps.ts';

/** Ends a request with what a step has thrown. What is no refusal is a fault of ours: the client learns that, the log more. */
export function refuse(deps: PipelineDeps, exchange: Exchange, error: unknown): void {
  const { request, response, auditId, trail } = exchange;
  if (error instanceof StatusError) {
    trail?.respondsWith(error.status);
  } else if (!(error instanceof RequestInfoError)) {
    deps.log.error({ auditId, ...traceFields(request.headers), err: error }, 'request failed');
    // Its name only: a message may quote what must not be kept.
    trail?.panicked((error as Error).name);
  }
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  setOwnHeaders(response, exchange.ownHeaders);
  if (error instanceof RequestInfoError) {
    respondRequestInfoError(exchange, error);
    return;
  }
  const failure = error instanceof StatusError ? error : internalError('the request could not be handled');
  respondStatus(request, response, failure.status);
}

/** Source: Kubernetes responsewriters.InternalError, which answers in plain text and before Cache-Control is set. */
function respondRequestInfoError({ target, response }: Exchange, error: RequestInfoError): void {
  const text = internalServerErrorText(target, `failed to create RequestInfo: ${error.message}`);
  response.removeHeader('Cache-Control');
  response.writeHead(500, {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}
