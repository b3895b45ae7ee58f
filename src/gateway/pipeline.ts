import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type Attributes,
  attributesOf,
  badRequest,
  checkRequestTarget,
  type Decision,
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
import { type Auditor, type AuditTrail, captureResponse, teeBody } from './audit/index.ts';
import { auditIdOf } from './audit-id.ts';
import type { Authenticate, AuthenticationOutcome } from './authenticate/index.ts';
import { checkFraming } from './check-framing.ts';
import { checkTimeout } from './check-timeout.ts';
import { whenAnswered } from './delegate/index.ts';
import type { AuthorizedRequest, Target } from './exchange.ts';
import { type ExplainRefusal, explainedForbidden } from './explain/index.ts';
import type { FilteredAnswer, FilteredLists } from './filter/index.ts';
import type { Impersonate } from './impersonate/index.ts';
import type { RequestLimits } from './limits/index.ts';
import { isLongRunning } from './long-running.ts';
import type { RequestMetrics, RequestRecord } from './metrics/index.ts';
import type { OpenStreams } from './open-streams.ts';
import { respondStatus } from './respond-status.ts';
import type { ReviewAnswerer } from './reviews/index.ts';
import { traceFields } from './trace-context/index.ts';
import {
  type ClientUpgrade,
  checkConnectRights,
  isStreaming,
  type UpgradeOffer,
  upgradeProblem,
} from './upgrade/index.ts';

export interface PipelineDeps {
  /** The cluster's name where there are several; for the audit events. */
  readonly cluster?: string | undefined;
  readonly authenticate: Authenticate;
  readonly impersonate: Impersonate;
  readonly limits: RequestLimits;
  authorize(attributes: Attributes): Decision;
  /** undefined: refusals are not explained. */
  readonly explain?: ExplainRefusal | undefined;
  readonly reviews: ReviewAnswerer;
  readonly target: Target;
  /** undefined: a list over all namespaces is all or nothing. */
  readonly filteredLists?: FilteredLists | undefined;
  /** Ends what outlives its right. */
  readonly streams: OpenStreams;
  /** undefined: nothing is audited. */
  readonly auditor?: Auditor | undefined;
  /** undefined: nothing is counted. */
  readonly metrics?: RequestMetrics | undefined;
  /** undefined when requests can be decided, else the reason why not yet: then they are refused. */
  notReady(): string | undefined;
  readonly log: PipelineLog;
}

export interface PipelineLog {
  debug(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** @param target the request target below the cluster's prefix, byte for byte; the request's own when absent */
export type Pipeline = (
  request: IncomingMessage,
  response: ServerResponse,
  upgrade?: ClientUpgrade,
  target?: string,
) => void;

/** What all steps of one request share. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: string;
  readonly auditId: string;
  readonly receivedAt: number;
  /** Present when the client asks for another protocol. */
  readonly upgrade: ClientUpgrade | undefined;
  /** Begins when it is known who asks. */
  trail: AuditTrail | undefined;
  readonly measured: RequestRecord | undefined;
}

/** What a caller may do: all that was asked, or what of it the answer is made of. */
interface Permitted {
  readonly attributes: Attributes;
  readonly filtered: FilteredAnswer | undefined;
}

/**
 * The second door: every request passes these steps in kube-apiserver's order, and a request that fails one ends there.
 *   audit id → target → requestInfo → authenticate → audit → impersonate → limits → authorize → review or forward
 * Audit stands before impersonation, so that its events hold both the real user and the assumed one.
 * Source of the order: Kubernetes apiserver/pkg/server/config.go DefaultBuildHandlerChain.
 */
export function createPipeline(deps: PipelineDeps): Pipeline {
  return (request, response, upgrade, target = request.url ?? '') => {
    const auditId = auditIdOf(request.headers['audit-id']);
    const receivedAt = performance.timeOrigin + performance.now();
    const measured = deps.metrics?.begin(request, response);
    const exchange: Exchange = {
      request,
      response,
      target,
      auditId,
      receivedAt,
      upgrade,
      trail: undefined,
      measured,
    };
    response.setHeader('Audit-Id', auditId);
    response.setHeader('Cache-Control', 'no-cache, private');
    try {
      const described = describe(deps, request, target);
      measured?.described(described);
      const outcome = deps.authenticate(request.rawHeaders, described.path, request);
      if (outcome instanceof Promise) {
        outcome
          .then((settled) => admit(deps, exchange, described, settled))
          .catch((error: unknown) => refuse(deps, exchange, error));
      } else {
        const answered = admit(deps, exchange, described, outcome);
        answered?.catch((error: unknown) => refuse(deps, exchange, error));
      }
    } catch (error) {
      refuse(deps, exchange, error);
    }
  };
}

/** What is asked for, or a 400 when two parsers could read it differently (then nothing after this step would be true). */
function describe({ limits }: PipelineDeps, request: IncomingMessage, target: string): RequestInfo {
  limits.checkTarget(target);
  const ambiguity = checkRequestTarget(target) ?? checkFraming(request);
  if (ambiguity !== undefined) throw badRequest(`ambiguous request: ${ambiguity}`);
  const problem = upgradeProblem(request);
  if (problem !== undefined) throw badRequest(problem);
  const info = resolveRequestInfo(request.method ?? '', target);
  if (!isLongRunning(info)) checkTimeout(target);
  return info;
}

function admit(
  deps: PipelineDeps,
  exchange: Exchange,
  requestInfo: RequestInfo,
  outcome: AuthenticationOutcome,
): Promise<void> | undefined {
  exchange.measured?.authenticated(outcome.outcome);
  beginTrail(deps, exchange, requestInfo, outcome);
  const stored = exchange.trail?.stored;
  if (stored !== undefined) return stored.then(() => judge(deps, exchange, requestInfo, outcome));
  return judge(deps, exchange, requestInfo, outcome);
}

function judge(
  deps: PipelineDeps,
  exchange: Exchange,
  requestInfo: RequestInfo,
  outcome: AuthenticationOutcome,
): Promise<void> | undefined {
  const caller = identify(deps, exchange, outcome);
  const assumed = whenAnswered(() => assume(deps, exchange, requestInfo, caller));
  return assumed instanceof Promise
    ? assumed.then((user) => takeTurn(deps, exchange, requestInfo, outcome, user))
    : takeTurn(deps, exchange, requestInfo, outcome, assumed);
}

/**
 * As whom the request runs. Free of consequences but for the trail, since it runs again when an answer had to be fetched.
 * @throws StatusError 403 when the caller may not be who they want to be; Unanswered
 */
function assume(
  deps: PipelineDeps,
  exchange: Exchange,
  requestInfo: RequestInfo,
  caller: UserInfo,
): UserInfo {
  const asked = deps.impersonate(exchange.request.rawHeaders, caller, (user) =>
    attributesOf(requestInfo, user),
  );
  if (asked.outcome === 'refused') throw asked.error;
  if (asked.outcome === 'none') return caller;
  exchange.trail?.impersonated(asked.user, asked.constraint);
  return asked.user;
}

/** @throws StatusError 429 */
function takeTurn(
  deps: PipelineDeps,
  exchange: Exchange,
  requestInfo: RequestInfo,
  outcome: AuthenticationOutcome,
  user: UserInfo,
): Promise<void> | undefined {
  const turn = deps.limits.admit(requestInfo, user, exchange.response);
  return turn === undefined
    ? authorize(deps, exchange, requestInfo, outcome, user)
    : turn.then(() => authorize(deps, exchange, requestInfo, outcome, user));
}

function authorize(
  deps: PipelineDeps,
  exchange: Exchange,
  requestInfo: RequestInfo,
  outcome: AuthenticationOutcome,
  user: UserInfo,
): Promise<void> | undefined {
  const permitted = whenAnswered(() => permit(deps, exchange, requestInfo, user));
  return permitted instanceof Promise
    ? permitted.then((settled) => proceed(deps, exchange, requestInfo, outcome, settled))
    : proceed(deps, exchange, requestInfo, outcome, permitted);
}

/**
 * May they do this? Free of consequences but for the trail, since it runs again when an answer had to be fetched.
 * @throws StatusError 403 with kube-apiserver's sentence; Unanswered
 */
function permit(deps: PipelineDeps, exchange: Exchange, requestInfo: RequestInfo, user: UserInfo): Permitted {
  const attributes = attributesOf(requestInfo, user);
  const filtered = decide(deps, exchange, requestInfo, attributes);
  checkConnectRights(requestInfo, attributes, deps.authorize);
  return { attributes, filtered };
}

/** Without a credential nothing runs out. */
const ENDLESS = { expiresAt: Number.POSITIVE_INFINITY, hasEnded: undefined };

/** Answers what is allowed. */
function proceed(
  deps: PipelineDeps,
  exchange: Exchange,
  requestInfo: RequestInfo,
  outcome: AuthenticationOutcome,
  { attributes, filtered }: Permitted,
): Promise<void> | undefined {
  const { request, response, auditId } = exchange;
  if (exchange.upgrade !== undefined && !isStreaming(requestInfo)) {
    throw badRequest('this is no stream: it can be had without an upgrade only');
  }
  const body = deps.limits.body(request, requestInfo, attributes.user);
  const capture = exchange.trail?.requestBody;
  const authorized: AuthorizedRequest = {
    request,
    body: capture === undefined ? body : teeBody(body, capture),
    response,
    auditId,
    target: exchange.target,
    requestInfo,
    user: attributes.user,
    upgrade: offerOf(exchange),
    authorize: deps.authorize,
  };
  if (isLongRunning(requestInfo)) {
    const { expiresAt, hasEnded } = outcome.outcome === 'authenticated' ? outcome : ENDLESS;
    deps.streams.add({ response, attributes, expiresAt, hasEnded, right: filtered });
  }
  if (filtered !== undefined) {
    return filtered.answer(authorized, (decision, reason) => exchange.trail?.decided(decision, reason));
  }
  const answered = deps.reviews.answers(requestInfo)
    ? deps.reviews.answer(authorized)
    : deps.target.forward(authorized);
  return answered instanceof Promise ? answered : undefined;
}

function offerOf({ upgrade, response, trail }: Exchange): UpgradeOffer | undefined {
  if (upgrade === undefined) return undefined;
  return {
    ...upgrade,
    switching() {
      response.statusCode = 101;
      trail?.responseStarted(101);
    },
  };
}

/** @throws StatusError 500 when the event can't be stored and the configuration wants no request without one */
function beginTrail(
  { auditor, cluster }: PipelineDeps,
  exchange: Exchange,
  requestInfo: RequestInfo,
  outcome: AuthenticationOutcome,
): void {
  if (auditor === undefined) return;
  const { request, response, auditId, receivedAt } = exchange;
  const user = outcome.outcome === 'unauthorized' ? undefined : outcome.user;
  const trail = auditor.begin({ auditId, request, requestInfo, user, receivedAt });
  if (cluster !== undefined) trail?.annotate('sallyport.dev/cluster', cluster);
  trail?.follow(response);
  if (trail?.responseBody !== undefined) captureResponse(response, trail.responseBody);
  exchange.trail = trail;
}

/**
 * Lets the request through as a whole, or filtered; the answer then tells the trail what became of it.
 * @throws StatusError 403 with kube-apiserver's sentence, and for who may see it the explanation
 */
function decide(
  deps: PipelineDeps,
  { trail, measured, request, target }: Exchange,
  requestInfo: RequestInfo,
  attributes: Attributes,
): FilteredAnswer | undefined {
  const decision = deps.authorize(attributes);
  if (decision.decision !== 'allow') {
    const filtered = deps.filteredLists?.offer({ request, target, requestInfo, attributes, decision });
    if (filtered !== undefined) {
      measured?.decided('allow');
      return filtered;
    }
  }
  trail?.decided(decision.decision, decision.reason);
  measured?.decided(decision.decision);
  if (decision.decision !== 'allow') {
    throw explainedForbidden(attributes, decision.reason, deps.explain?.(attributes) ?? []);
  }
  return undefined;
}

/** @throws StatusError 401 with kube-apiserver's body; the cause goes to the log only */
function identify(
  deps: PipelineDeps,
  { request, response, auditId }: Exchange,
  outcome: AuthenticationOutcome,
): UserInfo {
  if (outcome.warning !== undefined)
    response.setHeader('Warning', `299 - ${JSON.stringify(outcome.warning)}`);
  if (outcome.outcome === 'unauthorized') {
    deps.log.debug(
      { auditId, ...traceFields(request.headers), reason: outcome.reason },
      'authentication failed',
    );
    throw unauthorized();
  }
  const notReady = deps.notReady();
  if (notReady !== undefined) throw serviceUnavailable(`the gateway is not ready: ${notReady}`);
  return outcome.user;
}

function refuse(deps: PipelineDeps, exchange: Exchange, error: unknown): void {
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
