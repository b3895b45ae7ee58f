import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type Attributes,
  badRequest,
  checkRequestTarget,
  type Decision,
  forbidden,
  internalError,
  methodNotAllowed,
  type RequestInfo,
  resourceNotFound,
  StatusError,
  serviceUnavailable,
  type UserInfo,
  unauthorized,
} from '../../kube/index.ts';
import type { Auditor, AuditTrail } from '../audit/index.ts';
import { auditIdOf } from '../audit-id.ts';
import { type Authenticate, type AuthenticationOutcome, anonymousUser } from '../authenticate/index.ts';
import { whenAnswered } from '../delegate/index.ts';
import { respondStatus } from '../respond-status.ts';
import { type Asked, headerLines, type Question } from './asked.ts';
import type { Authorization } from './authorization.ts';
import { createPathRules, type PathLists } from './path-rules.ts';
import { createQuestions } from './questions.ts';
import { recordedInfo } from './recorded-info.ts';

/** What is decided about one service's requests. */
export interface Access extends PathLists {
  readonly authorization: Authorization;
}

export interface DoorDeps {
  readonly authenticate: Authenticate;
  authorize(attributes: Attributes): Decision;
  /** undefined: nothing is audited. */
  readonly auditor?: Auditor | undefined;
  /** undefined when requests can be decided, else the reason why not yet. */
  notReady(): string | undefined;
  readonly log: {
    debug(fields: object, message: string): void;
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
}

/** A request that has been let through. */
export interface Admitted {
  readonly auditId: string;
  /** undefined on an ignored path: nobody was asked. */
  readonly user: UserInfo | undefined;
  /** What was allowed; empty on an ignored path. */
  readonly attributes: readonly Attributes[];
  /** Milliseconds since 1970 at which the token ends; Infinity for none. */
  readonly expiresAt: number;
  /** Whether the session that opened it is over; absent when nobody can tell. */
  readonly hasEnded?: (() => boolean) | undefined;
  readonly trail: AuditTrail | undefined;
}

export interface DoorOptions {
  readonly access: Access;
  /** The refusal as this door's callers have to see it; as it is when absent. */
  readonly refusal?: ((error: StatusError) => StatusError) | undefined;
}

/** What stands before and behind the door. */
export interface Passage {
  /** @throws StatusError when the request does not say plainly what is asked */
  asked(request: IncomingMessage): Asked;
  /**
   * Has a request wait for its turn, before it is decided on; absent: nobody takes turns. What is open to everybody waits for
   * nobody. @throws StatusError 429
   */
  turn?(response: ServerResponse, user: UserInfo): Promise<void> | undefined;
  /** Answers a request that has been let through. A throw or a rejection becomes a refusal. */
  admit(request: IncomingMessage, response: ServerResponse, admitted: Admitted): void | Promise<void>;
}

export type Door = (request: IncomingMessage, response: ServerResponse, passage: Passage) => void;

interface Exchange {
  readonly passage: Passage;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly auditId: string;
  readonly receivedAt: number;
  /** What is asked for; a forward-auth request's own target is only the endpoint. */
  target: string;
  trail: AuditTrail | undefined;
}

/** Without a credential nothing runs out. */
const ENDLESS = { expiresAt: Number.POSITIVE_INFINITY, hasEnded: undefined };

/**
 * The second door for services that are no Kubernetes API. Its order is the pipeline's, without impersonation:
 *   audit id → target → path → questions → authenticate → audit → turn → authorize → admit
 */
export function createDoor(deps: DoorDeps, { access, refusal = (error) => error }: DoorOptions): Door {
  const verdictOf = createPathRules(access);
  const questionsOf = createQuestions(access.authorization);

  function refuse({ request, response, auditId, trail }: Exchange, error: unknown): void {
    let failure = internalError('the request could not be handled');
    if (error instanceof StatusError) {
      failure = refusal(error);
      trail?.respondsWith(failure.status);
    } else {
      deps.log.error({ auditId, err: error }, 'request failed');
      // Its name only: a message may quote what must not be kept.
      trail?.panicked((error as Error).name);
    }
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    response.setHeader('Cache-Control', 'no-cache, private');
    // RFC 6750 §3: whoever is refused for want of a token is told which kind.
    if (failure.status.code === 401) response.setHeader('WWW-Authenticate', 'Bearer');
    respondStatus(request, response, failure.status);
  }

  function enter(
    exchange: Exchange,
    path: string,
    questions: readonly Question[],
    outcome: AuthenticationOutcome,
  ): void | Promise<void> {
    begin(deps, exchange, recordedInfo(questions[0], path), outcome);
    return whenStored(exchange, () => {
      const user = identify(deps, exchange, outcome);
      const turn = exchange.passage.turn?.(exchange.response, user);
      if (turn === undefined) return judge(exchange, questions, outcome, user);
      return turn.then(() => judge(exchange, questions, outcome, user));
    });
  }

  function judge(
    exchange: Exchange,
    questions: readonly Question[],
    outcome: AuthenticationOutcome,
    user: UserInfo,
  ): void | Promise<void> {
    const { request, response, auditId, passage, trail } = exchange;
    const attributes = questions.map((question) => ({ ...question, user }));
    const { expiresAt, hasEnded } = outcome.outcome === 'authenticated' ? outcome : ENDLESS;
    const admitted = { auditId, user, attributes, expiresAt, hasEnded, trail };
    const decided = whenAnswered(() => decide(deps, exchange, attributes));
    return decided instanceof Promise
      ? decided.then(() => passage.admit(request, response, admitted))
      : passage.admit(request, response, admitted);
  }

  function open(exchange: Exchange, asked: Asked): void | Promise<void> {
    const { request, response, auditId, passage } = exchange;
    exchange.target = asked.target;
    const path = checkedPath(asked);
    const verdict = verdictOf(asked.target);
    if (verdict === 'missing') throw resourceNotFound();
    if (verdict === 'ignored') {
      const outcome: AuthenticationOutcome = { outcome: 'anonymous', user: anonymousUser };
      begin(deps, exchange, recordedInfo(undefined, path, asked.method), outcome);
      const { trail } = exchange;
      trail?.decided('allow', 'the path is one of ignorePaths');
      const nobody = { auditId, user: undefined, attributes: [], ...ENDLESS, trail };
      return whenStored(exchange, () => passage.admit(request, response, nobody));
    }
    const questions = questionsOf(asked);
    // Nothing asked is nothing allowed.
    if (questions.length === 0) throw internalError('there is no question to be decided');
    const outcome = deps.authenticate(request.rawHeaders, path);
    return outcome instanceof Promise
      ? outcome.then((settled) => enter(exchange, path, questions, settled))
      : enter(exchange, path, questions, outcome);
  }

  return (request, response, passage) => {
    const auditId = auditIdOf(request.headers['audit-id']);
    const receivedAt = performance.timeOrigin + performance.now();
    const exchange = { passage, request, response, auditId, receivedAt, target: '', trail: undefined };
    response.setHeader('Audit-Id', auditId);
    try {
      const opened = open(exchange, passage.asked(request));
      if (opened instanceof Promise) opened.catch((error: unknown) => refuse(exchange, error));
    } catch (error) {
      refuse(exchange, error);
    }
  };
}

/** @returns the decoded path. @throws StatusError 400 for what two parsers could read differently, 405 for TRACE */
function checkedPath({ method, target, rawHeaders }: Asked): string {
  const ambiguity = checkRequestTarget(target);
  if (ambiguity !== undefined) throw badRequest(`ambiguous request: ${ambiguity}`);
  if (headerLines(rawHeaders, 'authorization').length > 1) {
    throw badRequest('ambiguous request: more than one Authorization header');
  }
  // It would send back to a script what the browser hides from it.
  if (method === 'TRACE') throw methodNotAllowed();
  const queryStart = target.indexOf('?');
  return decodeURIComponent(queryStart < 0 ? target : target.slice(0, queryStart));
}

function begin(
  { auditor }: DoorDeps,
  exchange: Exchange,
  requestInfo: RequestInfo,
  outcome: AuthenticationOutcome,
): void {
  if (auditor === undefined) return;
  const { response, auditId, receivedAt, target: url } = exchange;
  const { headers, socket } = exchange.request;
  const request = { url, headers, socket };
  const user = outcome.outcome === 'unauthorized' ? undefined : outcome.user;
  // Bodies are the service's own, and no Kubernetes objects: they are never recorded.
  const sid = outcome.outcome === 'authenticated' ? outcome.sid : undefined;
  const trail = auditor.begin({ auditId, request, requestInfo, user, sid, receivedAt });
  trail?.follow(response);
  exchange.trail = trail;
}

/** Nothing goes on before its first event is kept, where that takes time. */
function whenStored({ trail }: Exchange, proceed: () => void | Promise<void>): void | Promise<void> {
  const stored = trail?.stored;
  return stored === undefined ? proceed() : stored.then(proceed);
}

/** @throws StatusError 401; the cause goes to the log only */
function identify(deps: DoorDeps, { auditId }: Exchange, outcome: AuthenticationOutcome): UserInfo {
  if (outcome.outcome === 'unauthorized') {
    deps.log.debug({ auditId, reason: outcome.reason }, 'authentication failed');
    throw unauthorized();
  }
  const notReady = deps.notReady();
  if (notReady !== undefined) throw serviceUnavailable(`the gateway is not ready: ${notReady}`);
  return outcome.user;
}

/**
 * All must be allowed; the first refusal is the answer, and the event's. Runs again when an answer had to be fetched.
 * @throws StatusError 403 with kube-apiserver's sentence; Unanswered
 */
function decide(deps: DoorDeps, { trail }: Exchange, attributes: readonly Attributes[]): void {
  let allowed = '';
  for (const each of attributes) {
    const { decision, reason } = deps.authorize(each);
    if (decision !== 'allow') {
      trail?.decided(decision, reason);
      throw forbidden(each, reason);
    }
    allowed = reason;
  }
  trail?.decided('allow', allowed);
}
