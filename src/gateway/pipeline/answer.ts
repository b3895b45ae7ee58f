import { attributesOf, badRequest } from '../../kube/index.ts';
import { teeBody } from '../audit/tee-body.ts';
import { checkMethod } from '../check-method.ts';
import type { AuthorizedRequest } from '../exchange.ts';
import { isLongRunning } from '../long-running.ts';
import type { Impersonation } from '../open-streams.ts';
import { setOwnHeaders } from '../own-headers.ts';
import { connectRight, isStreaming, type UpgradeOffer } from '../upgrade/index.ts';
import type { Exchange } from './exchange.ts';
import type { PipelineDeps } from './pipeline-deps.ts';

/** Without a credential nothing runs out. */
const ENDLESS = { expiresAt: Number.POSITIVE_INFINITY, hasEnded: undefined };

/** What is allowed is answered: by the gateway itself, in parts, or by the target. */
export function answer(deps: PipelineDeps, exchange: Exchange): void | Promise<void> {
  const { requestInfo, filtered, trail } = exchange;
  checkMethod(exchange.request.method);
  if (exchange.upgrade !== undefined && !isStreaming(requestInfo)) {
    throw badRequest('this is no stream: it can be had without an upgrade only');
  }
  const authorized = authorizedRequest(deps, exchange);
  if (isLongRunning(requestInfo)) lookAfter(deps, exchange);
  if (filtered === undefined && !deps.reviews.answers(requestInfo))
    return forward(deps, exchange, authorized);
  setOwnHeaders(exchange.response, exchange.ownHeaders);
  if (filtered !== undefined) {
    return filtered.answer(authorized, (decision, reason) => trail?.decided(decision, reason));
  }
  return deps.reviews.answer(authorized);
}

function forward(
  { target }: PipelineDeps,
  { upgrade, response, ownHeaders }: Exchange,
  authorized: AuthorizedRequest,
): void | Promise<void> {
  if (target.sendsOwnHeaders !== true || upgrade !== undefined) setOwnHeaders(response, ownHeaders);
  return target.forward(authorized);
}

function authorizedRequest(deps: PipelineDeps, exchange: Exchange): AuthorizedRequest {
  const { request, response, auditId, ownHeaders, target, requestInfo, user, caller, trail } = exchange;
  const body = deps.limits.body(request, requestInfo, user);
  const capture = trail?.requestBody;
  return {
    request,
    body: capture === undefined ? body : teeBody(body, capture),
    response,
    auditId,
    ownHeaders,
    target,
    requestInfo,
    user,
    caller,
    upgrade: offerOf(exchange),
    trail,
    authorize: deps.authorize,
  };
}

/** A stream ends with the rights, the token or the session that opened it. */
function lookAfter({ streams }: PipelineDeps, exchange: Exchange): void {
  const { response, requestInfo, attributes, outcome, filtered } = exchange;
  const impersonation = exchange.user === exchange.caller ? undefined : impersonationOf(exchange);
  const { expiresAt, hasEnded } = outcome.outcome === 'authenticated' ? outcome : ENDLESS;
  const connect = connectRight(requestInfo, attributes);
  const asked = connect === undefined ? [attributes] : [attributes, connect];
  streams.add({ response, attributes: asked, expiresAt, hasEnded, impersonation, right: filtered });
}

function impersonationOf({ request: { rawHeaders }, requestInfo, caller }: Exchange): Impersonation {
  return { rawHeaders, caller, attributesOf: (user) => attributesOf(requestInfo, user) };
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
