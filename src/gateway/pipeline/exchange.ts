import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Attributes, RequestInfo, UserInfo } from '../../kube/index.ts';
import type { AuditTrail } from '../audit/index.ts';
import type { AuthenticationOutcome } from '../authenticate/index.ts';
import type { FilteredAnswer } from '../filter/index.ts';
import type { RequestRecord } from '../metrics/index.ts';
import { ownHeaders } from '../own-headers.ts';
import type { ClientUpgrade } from '../upgrade/index.ts';
import type { PipelineDeps } from './pipeline-deps.ts';

/** What a request brings with it. */
export interface Arrival {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The request target below the cluster's prefix, byte for byte as the client sent it. */
  readonly target: string;
  readonly auditId: string;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  /** Present when the client asks for another protocol. */
  readonly upgrade: ClientUpgrade | undefined;
  readonly measured: RequestRecord | undefined;
}

/**
 * One request's way through the steps: what it brought, and what each step has found out, from left to right. A step
 * fills what is its own and reads what stands before it.
 */
export interface Exchange extends Arrival {
  /** The answer's headers that are the gateway's, names and values alternating; not set on `response` before it is answered. */
  readonly ownHeaders: string[];
  /** By `describe`. */
  requestInfo: RequestInfo;
  /** By `authenticate`. */
  outcome: AuthenticationOutcome;
  /** By `beginAudit`; undefined when the request is not recorded. */
  trail: AuditTrail | undefined;
  /** Who is asking; by `identify`. */
  caller: UserInfo;
  /** As whom the request runs; by `assumeUser`. */
  user: UserInfo;
  /** What was decided on; by `authorize`. */
  attributes: Attributes;
  /** Present when only a part of what was asked for is allowed, and the answer is made of it; by `authorize`. */
  filtered: FilteredAnswer | undefined;
}

/**
 * One step. What it throws ends the request.
 * @returns a promise only when something has to be waited for
 */
export type Step = (deps: PipelineDeps, exchange: Exchange) => void | Promise<void>;

/** Every field is there from the start, so that all exchanges have one shape; a step reads none before its turn. */
export function beginExchange(arrival: Arrival): Exchange {
  const { request, response, target, auditId, receivedAt, upgrade, measured } = arrival;
  return {
    request,
    response,
    target,
    auditId,
    receivedAt,
    upgrade,
    measured,
    ownHeaders: ownHeaders(auditId),
    requestInfo: UNKNOWN,
    outcome: UNKNOWN,
    trail: undefined,
    caller: UNKNOWN,
    user: UNKNOWN,
    attributes: UNKNOWN,
    filtered: undefined,
  };
}

const UNKNOWN = undefined as never;
