import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type Attributes,
  attributesOf,
  badRequest,
  checkRequestTarget,
  type Decision,
  forbidden,
  internalError,
  internalServerErrorText,
  type RequestInfo,
  RequestInfoError,
  resolveRequestInfo,
  StatusError,
  serviceUnavailable,
  type UserInfo,
  unauthorized,
} from '../kube/index.ts';
import { auditIdOf } from './audit-id.ts';
import type { Authenticate, AuthenticationOutcome } from './authenticate/index.ts';
import { checkFraming } from './check-framing.ts';
import { streamingUpgrade } from './check-upgrade.ts';
import type { AuthorizedRequest, Target } from './exchange.ts';
import type { Impersonate } from './impersonate/index.ts';
import { respondStatus } from './respond-status.ts';
import type { ReviewAnswerer } from './reviews/index.ts';

export interface PipelineDeps {
  readonly authenticate: Authenticate;
  readonly impersonate: Impersonate;
  authorize(attributes: Attributes): Decision;
  readonly reviews: ReviewAnswerer;
  readonly target: Target;
  /** undefined when requests can be decided and answered, else the reason why not yet. */
  notReady(): string | undefined;
  readonly log: PipelineLog;
}

export interface PipelineLog {
  debug(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * The second door: every request passes these steps in kube-apiserver's order, and a request that fails one ends there.
 *   audit id → target → requestInfo → authenticate → impersonate → authorize → review or forward
 * Source of the order: Kubernetes apiserver/pkg/server/config.go DefaultBuildHandlerChain.
 */
export function createPipeline(
  deps: PipelineDeps,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const auditId = auditIdOf(request.headers['audit-id']);
    response.setHeader('Audit-Id', auditId);
    response.setHeader('Cache-Control', 'no-cache, private');
    try {
      const described = describe(request);
      const outcome = deps.authenticate(request.rawHeaders, described.path);
      if (outcome instanceof Promise) {
        outcome
          .then((settled) => admit(deps, request, response, auditId, described, settled))
          .catch((error: unknown) => refuse(deps, request, response, auditId, error));
      } else {
        const answered = admit(deps, request, response, auditId, described, outcome);
        answered?.catch((error: unknown) => refuse(deps, request, response, auditId, error));
      }
    } catch (error) {
      refuse(deps, request, response, auditId, error);
    }
  };
}

/** What is asked for, or a 400 when two parsers could read it differently (then nothing after this step would be true). */
function describe(request: IncomingMessage): RequestInfo {
  const target = request.url ?? '';
  const ambiguity = checkRequestTarget(target) ?? checkFraming(request);
  if (ambiguity !== undefined) throw badRequest(`ambiguous request: ${ambiguity}`);
  return resolveRequestInfo(request.method ?? '', target);
}

function admit(
  deps: PipelineDeps,
  request: IncomingMessage,
  response: ServerResponse,
  auditId: string,
  requestInfo: RequestInfo,
  outcome: AuthenticationOutcome,
): Promise<void> | undefined {
  const caller = identify(deps, response, auditId, outcome);
  const asked = deps.impersonate(request.rawHeaders, caller, (user) => attributesOf(requestInfo, user));
  if (asked.outcome === 'refused') throw asked.error;
  const user = asked.outcome === 'impersonated' ? asked.user : caller;
  const attributes = attributesOf(requestInfo, user);
  const { decision, reason } = deps.authorize(attributes);
  if (decision !== 'allow') throw forbidden(attributes, reason);
  const upgrade = streamingUpgrade(request);
  if (upgrade !== undefined) {
    throw badRequest(
      `this gateway does not carry ${upgrade} (exec, attach, port-forward, watch over WebSocket)`,
    );
  }
  const authorized: AuthorizedRequest = {
    request,
    response,
    auditId,
    target: request.url ?? '',
    requestInfo,
    user,
    authorize: deps.authorize,
  };
  const answered = deps.reviews.answers(requestInfo)
    ? deps.reviews.answer(authorized)
    : deps.target.forward(authorized);
  return answered instanceof Promise ? answered : undefined;
}

/** @throws StatusError 401 with kube-apiserver's body; the cause goes to the log only */
function identify(
  deps: PipelineDeps,
  response: ServerResponse,
  auditId: string,
  outcome: AuthenticationOutcome,
): UserInfo {
  if (outcome.outcome === 'unauthorized') {
    deps.log.debug({ auditId, reason: outcome.reason }, 'authentication failed');
    throw unauthorized();
  }
  if (outcome.warning !== undefined)
    response.setHeader('Warning', `299 - ${JSON.stringify(outcome.warning)}`);
  const notReady = deps.notReady();
  if (notReady !== undefined) throw serviceUnavailable(`the gateway is not ready: ${notReady}`);
  return outcome.user;
}

function refuse(
  deps: PipelineDeps,
  request: IncomingMessage,
  response: ServerResponse,
  auditId: string,
  error: unknown,
): void {
  if (!(error instanceof StatusError) && !(error instanceof RequestInfoError)) {
    deps.log.error({ auditId, err: error }, 'request failed');
  }
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  if (error instanceof RequestInfoError) {
    respondRequestInfoError(request, response, error);
    return;
  }
  const failure = error instanceof StatusError ? error : internalError('the request could not be handled');
  respondStatus(request, response, failure.status);
}

/** Source: Kubernetes responsewriters.InternalError, which answers in plain text and before Cache-Control is set. */
function respondRequestInfoError(
  request: IncomingMessage,
  response: ServerResponse,
  error: RequestInfoError,
): void {
  const text = internalServerErrorText(request.url ?? '', `failed to create RequestInfo: ${error.message}`);
  response.removeHeader('Cache-Control');
  response.writeHead(500, {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}
